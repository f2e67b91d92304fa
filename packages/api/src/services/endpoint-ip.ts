import { parseIpAddress } from '@fairlead/apimachinery'

/** Why traffic cannot be sent to an address: it means this host, this link, or nothing. */
export function endpointIpProblems(address: string): readonly string[] {
  const parsed = parseIpAddress(address)
  if (parsed === undefined) return ['must be a valid IP address']
  const isV4 = parsed.version === 4
  const bytes = isV4 ? parsed.bytes.slice(12) : parsed.bytes
  const [first = 0, second = 0, third = 0] = bytes
  const problems: string[] = []
  if (bytes.every((byte) => byte === 0)) problems.push(`may not be unspecified (${address})`)
  const isLoopback = isV4 ? first === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))
  if (isLoopback) problems.push('may not be in the loopback range (127.0.0.0/8, ::1/128)')
  const isLinkLocal = isV4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80
  if (isLinkLocal) problems.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)')
  const isMulticast = isV4 ? first === 224 && second === 0 && third === 0 : first === 0xff && (second & 0x0f) === 2
  if (isMulticast) problems.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
  return problems
}
