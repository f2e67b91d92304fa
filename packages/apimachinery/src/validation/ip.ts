import { quote } from '../text/quote.ts'
import { formatIpAddress, type IpAddress, isMappedIpv4, parseIpAddress } from './ip-address.ts'

/** How strictly fields are checked that are older than the strict rules. */
export interface LegacyOptions {
  /** Refuse leading zeros and IPv4 in IPv6 notation. Canonical form is never asked for. */
  readonly strict: boolean
}

const ipRule = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const cidrRule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

/** The rules of an IP address in canonical form that `value` breaks. */
export function isValidIp(value: string): string[] {
  const problems = isValidLegacyIp(value, { strict: true })
  const address = parseIpAddress(value)
  if (problems.length > 0 || address === undefined) return problems
  return canonicalProblems(value, formatIpAddress(address.bytes))
}

/** The rules of an IP address in any form that `value` breaks. */
export function isValidLegacyIp(value: string, { strict }: LegacyOptions): string[] {
  const address = parseIpAddress(value)
  if (address === undefined) return [ipRule]
  if (!strict) return []
  if (address.leadingZeros) return ['must not have leading 0s']
  return isMapped(address) ? ['must not be an IPv4-mapped IPv6 address'] : []
}

/** The rules of a subnet, such as `10.9.8.0/24`, in canonical form that `value` breaks. */
export function isValidCidr(value: string): string[] {
  const problems = isValidLegacyCidr(value, { strict: true })
  const subnet = parseCidr(value)
  if (problems.length > 0 || subnet === undefined) return problems
  return canonicalProblems(value, `${formatIpAddress(subnet.address.bytes)}/${subnet.length}`)
}

/** The rules of a subnet in any form that `value` breaks. */
export function isValidLegacyCidr(value: string, { strict }: LegacyOptions): string[] {
  const subnet = parseCidr(value)
  if (subnet === undefined) return [cidrRule]
  if (!strict) return []
  if (subnet.leadingZeros) return ['must not have leading 0s in IP or prefix length']
  if (isMapped(subnet.address)) return ['must not have an IPv4-mapped IPv6 address']
  return hasBitsBeyond(subnet) ? ['must not have bits set beyond the prefix length'] : []
}

interface Subnet {
  readonly address: IpAddress
  readonly length: number
  readonly leadingZeros: boolean
}

function parseCidr(text: string): Subnet | undefined {
  const slash = text.indexOf('/')
  const address = slash < 0 ? undefined : parseIpAddress(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^[0-9]+$/.test(digits)) return undefined
  const length = Number(digits)
  if (length > (address.version === 4 ? 32 : 128)) return undefined
  return { address, length, leadingZeros: address.leadingZeros || (digits.length > 1 && digits.startsWith('0')) }
}

function isMapped({ version, bytes }: IpAddress): boolean {
  return version === 6 && isMappedIpv4(bytes)
}

function hasBitsBeyond({ address, length }: Subnet): boolean {
  const first = address.version === 4 ? 96 + length : length
  return address.bytes.some((byte, i) => {
    const kept = Math.min(Math.max(first - 8 * i, 0), 8)
    return (byte & (0xff >> kept)) !== 0
  })
}

function canonicalProblems(value: string, canonical: string): string[] {
  return value === canonical ? [] : [`must be in canonical form (${quote(canonical)})`]
}
