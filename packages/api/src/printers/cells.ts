/** Cells that many kinds have in common. */
import {
  humanDuration,
  type JsonObject,
  type JsonValue,
  type KubeObject,
  labelSelectorFromObject,
  parseTimestamp,
  StatusError,
} from '@fairlead/apimachinery'
import { at, isObject, listAt, stringAt, stringEntriesAt } from '../values/read.ts'

/** The time since an RFC 3339 timestamp, such as `5m`; `<unknown>` when there is none. */
export function since(timestamp: JsonValue | undefined, now: number): string {
  const time = typeof timestamp === 'string' ? parseTimestamp(timestamp) : undefined
  return time === undefined ? '<unknown>' : humanDuration(now - time)
}

/** The age of an object. */
export function age(object: KubeObject, now: number): string {
  return since(object.metadata.creationTimestamp, now)
}

/** The name of an object. */
export function name(object: KubeObject): string {
  return object.metadata.name ?? ''
}

/** Whether the object waits for its deletion. */
export function isDeleting(object: KubeObject): boolean {
  return typeof object.metadata.deletionTimestamp === 'string'
}

/** A string map as `k=v,k2=v2`, in the order of these texts; `<none>` when it is empty. */
export function labelsText(...path: Parameters<typeof stringEntriesAt>): string {
  const labels = stringEntriesAt(...path).map(([key, value]) => `${key}=${value}`)
  return labels.sort().join(',') || '<none>'
}

/** A LabelSelector as `k=v,k2 in (a,b)`; `invalid` when it is none. May be empty. */
export function bareSelectorText(selector: JsonValue | undefined, invalid: string): string {
  try {
    return labelSelectorFromObject(isObject(selector) ? selector : null).toString()
  } catch (error) {
    if (error instanceof StatusError) return invalid
    throw error
  }
}

/** A LabelSelector as `k=v,k2 in (a,b)`; `<none>` when it is empty. */
export function selectorText(selector: JsonValue | undefined): string {
  return bareSelectorText(selector, '<error>') || '<none>'
}

/** Names and images of the containers of a pod spec, each joined by commas. */
export function containerCells(podSpec: JsonValue | undefined): readonly [names: string, images: string] {
  const containers = listAt(podSpec, 'containers')
  const join = (key: string): string => containers.map((container) => stringAt(container, key)).join(',')
  return [join('name'), join('image')]
}

/** The first condition of a type among `status.conditions`. */
export function condition(object: KubeObject, type: string): JsonObject | undefined {
  return listAt(object, 'status', 'conditions')
    .filter(isObject)
    .find((candidate) => candidate['type'] === type)
}

/** Up to `max` items joined by commas, followed by how many there are more; `empty` when there are none. */
export function listText(items: readonly string[], max: number, empty: string): string {
  const shown = items.slice(0, max).join(',')
  if (items.length > max) return `${shown} + ${items.length - max} more...`
  return shown || empty
}

/** A whole number as decimal text; 0 when there is none. */
export function countText(value: JsonValue | undefined): string {
  return String(value ?? 0)
}

/** The string at a path; `missing` when the field is absent. Unlike an empty string, which stays. */
export function textOr(missing: string, ...path: Parameters<typeof at>): string {
  const value = at(...path)
  return typeof value === 'string' ? value : missing
}
