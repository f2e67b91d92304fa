import type { KubeObject } from '@fairlead/apimachinery'

/** The objects of one resource as they are at the moment, and what changes. */
export interface ObjectView {
  get(namespace: string, name: string): KubeObject | undefined
  list(): Iterable<KubeObject>
  /** Told of every change after it has been made, in order. Must not throw. */
  onChange(listener: (change: ObjectChange) => void): void
}

/** A creation has no `before`, a deletion no `after`. */
export interface ObjectChange {
  readonly before?: KubeObject
  readonly after?: KubeObject
}
