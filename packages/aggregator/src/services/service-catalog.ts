import type { EndpointSliceView, ServiceView } from './service-objects.ts'

/** What is known of Services and of what stands behind them. */
export interface ServiceCatalog {
  service(namespace: string, name: string): ServiceView | undefined
  /** The EndpointSlices of a Service. */
  endpointSlices(namespace: string, name: string): readonly EndpointSliceView[]
}
