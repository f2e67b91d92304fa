import type { KubeObject } from '@fairlead/apimachinery'
import type { Change } from './change.ts'

/** Whether a change is worth a reconcile. */
export type Predicate<T = KubeObject> = (change: Change<T>) => boolean

/** Passes updates that changed something that `part` gives; additions and deletions always. */
export function partChanged<T>(part: (object: T) => unknown): Predicate<T> {
  return (change) =>
    change.type !== 'update' || JSON.stringify(part(change.before)) !== JSON.stringify(part(change.object))
}

/** Leaves out updates of status and metadata: the generation counts changes of what is wanted. */
export const generationChanged: Predicate = partChanged(({ metadata }) => metadata.generation)
/** Leaves out resyncs. */
export const resourceVersionChanged: Predicate = partChanged(({ metadata }) => metadata.resourceVersion)
export const labelsChanged: Predicate = partChanged(({ metadata }) => sorted(metadata.labels))
export const annotationsChanged: Predicate = partChanged(({ metadata }) => sorted(metadata.annotations))

export function allOf<T>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return (change) => predicates.every((predicate) => predicate(change))
}

export function anyOf<T>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return (change) => predicates.some((predicate) => predicate(change))
}

export function not<T>(predicate: Predicate<T>): Predicate<T> {
  return (change) => !predicate(change)
}

function sorted(map: Readonly<Record<string, string>> = {}): unknown {
  return Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
