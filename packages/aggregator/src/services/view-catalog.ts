import type { KubeObject } from '@fairlead/apimachinery'
import type { ObjectView } from '../routes/object-view.ts'
import type { ServiceCatalog } from './service-catalog.ts'
import { endpointsAsSlices, readEndpointSlice, readService } from './service-objects.ts'

export interface CatalogViews {
  readonly services: ObjectView
  readonly endpointSlices: ObjectView
  readonly endpoints: ObjectView
}

const serviceLabel = 'kubernetes.io/service-name'

/**
 * The catalog of what is stored. A Service without EndpointSlices has those that its Endpoints would be mirrored to.
 * `onChange` is told of the Service that a change concerns.
 */
export function createServiceCatalog(
  { services, endpointSlices, endpoints }: CatalogViews,
  onChange: (namespace: string, name: string) => void,
): ServiceCatalog {
  const slices = new Map<string, Map<string, KubeObject>>()
  const place = (slice: KubeObject | undefined): string | undefined => {
    const service = slice?.metadata.labels?.[serviceLabel]
    return service === undefined ? undefined : `${slice?.metadata.namespace ?? ''}/${service}`
  }
  const remove = (slice: KubeObject): void => {
    slices.get(place(slice) ?? '')?.delete(slice.metadata.name ?? '')
  }
  const add = (slice: KubeObject): void => {
    const key = place(slice)
    if (key === undefined) return
    const members = slices.get(key) ?? new Map<string, KubeObject>()
    slices.set(key, members.set(slice.metadata.name ?? '', slice))
  }
  for (const slice of endpointSlices.list()) add(slice)
  endpointSlices.onChange(({ before, after }) => {
    if (before !== undefined) remove(before)
    if (after !== undefined) add(after)
    for (const key of new Set([place(before), place(after)])) {
      const [namespace = '', name] = key?.split('/') ?? []
      if (name !== undefined) onChange(namespace, name)
    }
  })
  for (const view of [services, endpoints]) {
    view.onChange(({ before, after }) => {
      const { namespace = '', name = '' } = (after ?? before)?.metadata ?? {}
      onChange(namespace, name)
    })
  }
  return {
    service(namespace, name) {
      const service = services.get(namespace, name)
      return service && readService(service)
    },
    endpointSlices(namespace, name) {
      const members = slices.get(`${namespace}/${name}`)
      if (members !== undefined && members.size > 0) return [...members.values()].map(readEndpointSlice)
      const written = endpoints.get(namespace, name)
      return written === undefined ? [] : endpointsAsSlices(written)
    },
  }
}
