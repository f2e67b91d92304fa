import { BlockList, isIP } from 'node:net'

/**
 * The first usable address of a service range such as `10.0.0.0/24` (there: 10.0.0.1), which the `kubernetes` Service
 * gets. Throws with the flag's name when the range is malformed.
 */
export function firstServiceIp(range: string): string {
  const [address = '', prefix = ''] = range.split('/')
  const family = isIP(address)
  const bits = Number(prefix)
  const width = family === 6 ? 128 : 32
  if (family === 0 || !/^\d+$/.test(prefix) || bits > width - 2) {
    throw new Error(`--service-cluster-ip-range: "${range}" is not a range such as 10.0.0.0/24`)
  }
  return family === 4 ? nextIpv4(address) : nextIpv6(address)
}

function nextIpv4(address: string): string {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + 1
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** Network addresses of ranges end in zero bits, so adding one only fills the last group. */
function nextIpv6(address: string): string {
  const next = address.endsWith('::')
    ? `${address}1`
    : address.replace(/[0-9a-f]+$/i, (group) => (Number.parseInt(group, 16) + 1).toString(16))
  new BlockList().addAddress(next, 'ipv6')
  return next
}
