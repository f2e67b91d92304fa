export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'
export const headlessLabel = 'service.kubernetes.io/headless'
export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time'

type Map = Readonly<Record<string, string>>

export function sameMap(one: Map = {}, other: Map = {}): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

export function withoutKeys(map: Map = {}, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)))
}
