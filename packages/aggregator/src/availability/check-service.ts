import { quote } from '@fairlead/apimachinery'
import type { ServiceReference } from '../api-service/api-service.ts'
import type { ServiceCatalog } from '../services/service-catalog.ts'
import type { Finding } from './conditions.ts'

type Refusal = Omit<Finding, 'type'>

/**
 * What is wrong with a Service before anything is sent to it: AVL-2 to AVL-7, in that order. Ports and endpoints are
 * looked at for Services of type ClusterIP only. Undefined when a probe may be tried.
 */
export function checkService(catalog: ServiceCatalog, reference: ServiceReference): Refusal | undefined {
  const { namespace, name, port } = reference
  const text = `service/${name} in ${quote(namespace)}`
  const service = read(() => catalog.service(namespace, name))
  if ('error' in service) return inaccessible('ServiceAccessError', text, service.error)
  if (service.value === undefined) return refusal('ServiceNotFound', `${text} is not present`)
  if (service.value.type !== 'ClusterIP') return undefined
  const servicePort = service.value.ports.find((entry) => entry.port === port)
  if (servicePort === undefined) return refusal('ServicePortError', `${text} is not listening on port ${port}`)
  const slices = read(() => catalog.endpointSlices(namespace, name))
  if ('error' in slices) return inaccessible('EndpointsAccessError', text, slices.error)
  if (slices.value.length === 0) return refusal('EndpointsNotFound', `cannot find endpointslices for ${text}`)
  const isActive = slices.value.some(
    ({ endpoints, ports }) =>
      endpoints.some(({ ready }) => ready) && ports.some((entry) => entry.name === servicePort.name),
  )
  if (isActive) return undefined
  return refusal(
    'MissingEndpoints',
    `endpointslices for ${text} have no addresses with port name ${quote(servicePort.name)}`,
  )
}

function refusal(reason: string, message: string): Refusal {
  return { status: 'False', reason, message }
}

function inaccessible(reason: string, text: string, error: unknown): Refusal {
  const cause = error instanceof Error ? error.message : String(error)
  return { status: 'Unknown', reason, message: `${text} cannot be checked due to: ${cause}` }
}

/** A cache that is not ready throws; that is a finding too. */
function read<Value>(get: () => Value): { readonly value: Value } | { readonly error: unknown } {
  try {
    return { value: get() }
  } catch (error) {
    return { error }
  }
}
