import { parseAddressRange, type PortRange, type ServiceRanges } from '@fairlead/apiserver'

/** The flags that say what Services get addresses and node ports from. */
export interface ServiceRangeFlags {
  /** One range such as `10.0.0.0/24`, or two with a comma between them, one a family. */
  readonly serviceClusterIpRange: string
  /** Such as `30000-32767`. */
  readonly serviceNodePortRange: string
}

/** Reads the flags. Throws with the flag's name. */
export function parseServiceRanges({ serviceClusterIpRange, serviceNodePortRange }: ServiceRangeFlags): ServiceRanges {
  const addresses = serviceClusterIpRange.split(',').map((text) => {
    const range = parseAddressRange(text)
    if (range === undefined || range.size < 1) {
      throw new Error(`--service-cluster-ip-range: "${text}" is not a range such as 10.0.0.0/24`)
    }
    return range
  })
  if (new Set(addresses.map(({ family }) => family)).size < addresses.length) {
    throw new Error('--service-cluster-ip-range: at most one range of each family')
  }
  return { addresses, nodePorts: parsePortRange(serviceNodePortRange) }
}

/** The address of the Service `kubernetes`: the first of the first range. */
export function firstServiceIp({ addresses: [range] }: ServiceRanges): string {
  return range?.addressAt(0) ?? ''
}

function parsePortRange(text: string): PortRange {
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(text)?.map(Number) ?? []
  if (first === undefined || last === undefined || first < 1 || first > last || last > 65_535) {
    throw new Error(`--service-node-port-range: "${text}" is not a range such as 30000-32767`)
  }
  return { first, last }
}
