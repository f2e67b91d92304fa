import { type Clock, deepEqual, type JsonObject, type KubeObject, StatusError } from '@fairlead/apimachinery'
import { createKeyedLoop } from '../loops/keyed-loop.ts'
import type { ObjectView } from '../routes/object-view.ts'

/** Marks APIServices that this controller owns: `onstart` for built-in group-versions, `true` for those kept in sync. */
export const automanagedLabel = 'kube-aggregator.kubernetes.io/automanaged'

/** A group-version that this server serves itself. */
export interface LocalGroupVersion {
  readonly group: string
  readonly version: string
  readonly groupPriorityMinimum: number
  readonly versionPriority: number
  /** `start`: made and corrected once in the life of the process. `always`: kept as it is wanted. */
  readonly sync: 'start' | 'always'
}

/** Writes APIServices. Rejects with a StatusError. */
export interface ApiServiceWriter {
  create(object: KubeObject): Promise<void>
  update(object: KubeObject): Promise<void>
  delete(name: string, uid: string): Promise<void>
}

/** Keeps the APIServices of local group-versions: REG-1, REG-2. */
export interface AutoRegistration {
  /** To be told of everything that is wanted before it starts: what it then finds unwanted is deleted (REG-4). */
  start(): void
  /** What is wanted and has never been there since this process started. */
  missing(): readonly string[]
  add(groupVersion: LocalGroupVersion): void
  /** No longer wanted. */
  remove(group: string, version: string): void
  /** Resolves when everything added has been looked at once. */
  settled(): Promise<void>
  stop(): void
}

export interface AutoRegistrationOptions {
  readonly clock: Clock
  readonly apiServices: ObjectView
  readonly writer: ApiServiceWriter
  onFailure?(name: string, error: unknown): void
}

/** APIServices that carry the label and are there already count as seen at start. */
export function createAutoRegistration(options: AutoRegistrationOptions): AutoRegistration {
  const { apiServices, writer } = options
  const wanted = new Map<string, LocalGroupVersion>()
  const seenAtStart = new Set<string>()
  /** What was synced once and is left alone since. */
  const done = new Set<string>()
  const present = new Set<string>()
  for (const object of apiServices.list()) {
    const { name = '' } = object.metadata
    present.add(name)
    if (managedBy(object) !== undefined) seenAtStart.add(name)
  }

  async function sync(name: string): Promise<void> {
    const current = apiServices.get('', name)
    const desired = wanted.get(name)
    const label = current && managedBy(current)
    if (current === undefined) {
      if (desired === undefined || (desired.sync === 'start' && done.has(name))) return
      await tolerate(writer.create(objectOf(name, desired)))
      done.add(name)
      return
    }
    if (label === undefined) return
    const isOnStart = label === 'onstart'
    if (isOnStart && !seenAtStart.has(name)) return
    if ((isOnStart || desired?.sync === 'start') && done.has(name)) return
    if (desired === undefined) {
      await tolerate(writer.delete(name, current.metadata.uid ?? ''))
      done.add(name)
      return
    }
    const { spec } = objectOf(name, desired)
    if (!deepEqual(current['spec'], spec)) await tolerate(writer.update({ ...current, spec }))
    done.add(name)
  }

  const loop = createKeyedLoop({
    clock: options.clock,
    backoff: { first: 5, maximum: 1_000_000 },
    work: sync,
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
  })
  let started = false
  const look = (name: string): void => {
    if (started) loop.trigger(name)
  }
  apiServices.onChange(({ before, after }) => {
    const { name = '' } = (after ?? before)?.metadata ?? {}
    present.add(name)
    look(name)
  })
  return {
    missing: () => [...wanted.keys()].filter((name) => !present.has(name)).sort(),
    start() {
      started = true
      for (const name of new Set([...seenAtStart, ...wanted.keys()])) look(name)
    },
    add(groupVersion) {
      const name = `${groupVersion.version}.${groupVersion.group}`
      wanted.set(name, groupVersion)
      look(name)
    },
    remove(group, version) {
      const name = `${version}.${group}`
      wanted.delete(name)
      look(name)
    },
    settled: () => loop.settled(),
    stop: () => loop.stop(),
  }
}

function managedBy({ metadata }: KubeObject): string | undefined {
  const label = metadata.labels?.[automanagedLabel]
  return label === 'onstart' || label === 'true' ? label : undefined
}

function objectOf(name: string, groupVersion: LocalGroupVersion): KubeObject & { spec: JsonObject } {
  const { group, version, groupPriorityMinimum, versionPriority, sync } = groupVersion
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name, labels: { [automanagedLabel]: sync === 'start' ? 'onstart' : 'true' } },
    spec: { ...(group === '' ? {} : { group }), version, groupPriorityMinimum, versionPriority },
  }
}

/** Somebody else did it already, or did something else: the next change tells. */
async function tolerate(write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    const isRace = StatusError.is(error) && (error.code === 404 || error.code === 409)
    if (!isRace) throw error
  }
}
