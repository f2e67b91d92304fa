/** An address as bytes: 16 of them, IPv4 as `::ffff:a.b.c.d`. */
export interface IpAddress {
  readonly bytes: readonly number[]
  /** Written with colons. */
  readonly version: 4 | 6
  /** Some number was written with more digits than it needs: `010.0.0.1`. Only lenient reading gets this far. */
  readonly leadingZeros: boolean
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

/** Reads an IPv4 or IPv6 address, without a zone; undefined for anything else. Leading zeros are read as decimal. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const bytes = parseIpv4(text)
    return bytes && { bytes: [...mappedPrefix, ...bytes], version: 4, leadingZeros: hasLeadingZeros(text) }
  }
  const bytes = parseIpv6(text)
  return bytes && { bytes, version: 6, leadingZeros: hasLongGroup(text) }
}

/** Whether this is an IPv4 address in IPv6 notation, or in its own. */
export function isMappedIpv4(bytes: readonly number[]): boolean {
  return mappedPrefix.every((byte, i) => bytes[i] === byte)
}

/** The one text of an address (RFC 5952); mapped addresses come out as IPv4. */
export function formatIpAddress(bytes: readonly number[]): string {
  if (isMappedIpv4(bytes)) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  const gap = longestGap(groups)
  const hex = groups.map((group) => group.toString(16))
  if (gap.length < 2) return hex.join(':')
  return `${hex.slice(0, gap.start).join(':')}::${hex.slice(gap.start + gap.length).join(':')}`
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]+$/.test(part))) return undefined
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail]
}

/** `last`: these groups end the address, so that its last four bytes may be written as IPv4. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [i, group] of groups.entries()) {
    if (last && i === groups.length - 1 && group.includes('.')) {
      const embedded = parseIpv4(group)
      return embedded && [...bytes, ...embedded]
    }
    const value = /^[0-9a-fA-F]+$/.test(group) ? Number.parseInt(group, 16) : Number.NaN
    if (!(value <= 0xffff)) return undefined
    bytes.push(value >> 8, value & 0xff)
  }
  return bytes
}

function hasLeadingZeros(text: string): boolean {
  return text.split('.').some((part) => part.length > 1 && part.startsWith('0'))
}

function hasLongGroup(text: string): boolean {
  return text.split(':').some((group) => (group.includes('.') ? hasLeadingZeros(group) : group.length > 4))
}

function longestGap(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 }
  let length = 0
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0
    if (length > best.length) best = { start: i - length + 1, length }
  }
  return best
}
