import { formatTimestamp, parseTimestamp } from '@fairlead/apimachinery'
import { type ObjectKey, objectKey } from '@fairlead/client'
import { type Pod, readyCondition } from './pod.ts'
import type { Service } from './service.ts'

/** When what changed since the last look had changed: the annotation by which the delay of endpoints is measured. */
export interface TriggerTimes {
  /** The time of the oldest change that is new; undefined when there is none. A Service that is new counts alone. */
  observe(service: Service, pods: readonly Pod[]): string | undefined
  forget(service: ObjectKey): void
}

interface Seen {
  readonly service: number
  readonly pods: ReadonlyMap<string, number>
}

export function createTriggerTimes(): TriggerTimes {
  const seen = new Map<ObjectKey, Seen>()
  return {
    observe(service, pods) {
      const key = objectKey(service)
      const before = seen.get(key)
      const now = timesOf(service, pods)
      seen.set(key, now)
      if (before === undefined) return service.metadata.creationTimestamp
      const changed = [...now.pods].flatMap(([name, time]) => (time > (before.pods.get(name) ?? 0) ? time : []))
      if (now.service > before.service) changed.push(now.service)
      return changed.length === 0 ? undefined : formatTimestamp(Math.min(...changed))
    },
    forget: (service) => void seen.delete(service),
  }
}

function timesOf({ metadata }: Service, pods: readonly Pod[]): Seen {
  const times = new Map<string, number>()
  for (const pod of pods) {
    const time = parseTimestamp(readyCondition(pod)?.lastTransitionTime ?? '')
    if (time !== undefined) times.set(pod.metadata.name ?? '', time)
  }
  return { service: parseTimestamp(metadata.creationTimestamp ?? '') ?? 0, pods: times }
}
