import { formatIpAddress, type JsonObject, type KubeObject, parseIpAddress } from '@fairlead/apimachinery'

/** core/v1 Service: what the controllers of endpoints read of it. */
export interface Service extends KubeObject {
  spec?: ServiceSpec
}

interface ServiceSpec extends JsonObject {
  type?: string
  selector?: Record<string, string>
  clusterIP?: string
  ipFamilies?: string[]
  ports?: ServicePort[]
  publishNotReadyAddresses?: boolean
  trafficDistribution?: string
}

export interface ServicePort extends JsonObject {
  name?: string
  protocol?: string
  appProtocol?: string
  port: number
  targetPort?: number | string
}

export type IpFamily = 'IPv4' | 'IPv6'

/** Whether the endpoints of a Service follow from pods. Those of others are written by their users. */
export function selectsPods({ spec }: Service): boolean {
  return spec?.type !== 'ExternalName' && hasSelector(spec?.selector)
}

/** An empty selector is none: the server does not keep it. */
export function hasSelector(selector: Readonly<Record<string, string>> | undefined): boolean {
  return selector !== undefined && Object.keys(selector).length > 0
}

/** Whether it has no address, on purpose or not. */
export function isHeadless({ spec }: Service): boolean {
  const { clusterIP = '' } = spec ?? {}
  return clusterIP === '' || clusterIP === 'None'
}

/** The families in which a Service has endpoints. Both, when nothing says which: too many do no harm. */
export function ipFamiliesOf({ spec }: Service): readonly IpFamily[] {
  const families = new Set((spec?.ipFamilies ?? []).filter((family) => family === 'IPv4' || family === 'IPv6'))
  if (families.size > 0) return [...families]
  const { clusterIP = '' } = spec ?? {}
  return clusterIP === '' || clusterIP === 'None' ? ['IPv4', 'IPv6'] : [familyOf(clusterIP)]
}

/** The family of an address in its one spelling. */
export function familyOf(address: string): IpFamily {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

/** An address in its one spelling; undefined for what is none. */
export function canonicalIp(text: string): string | undefined {
  const address = parseIpAddress(text)
  return address && formatIpAddress(address.bytes)
}
