import { formatTimestamp, isJsonObject, type JsonObject } from '@fairlead/apimachinery'

/** The resources that a server said it has, and when. */
export interface DiscoverySnapshot {
  readonly resources: readonly JsonObject[]
  /** Milliseconds since the epoch. */
  readonly asOf: number
}

export function writeDiscoverySnapshot({ resources, asOf }: DiscoverySnapshot): JsonObject {
  return { asOf: formatTimestamp(asOf), resources: [...resources] }
}

/** Undefined for what this version did not write. */
export function readDiscoverySnapshot({ asOf, resources }: JsonObject): DiscoverySnapshot | undefined {
  const time = typeof asOf === 'string' ? Date.parse(asOf) : Number.NaN
  if (Number.isNaN(time) || !Array.isArray(resources) || !resources.every(isJsonObject)) return undefined
  return { resources, asOf: time }
}
