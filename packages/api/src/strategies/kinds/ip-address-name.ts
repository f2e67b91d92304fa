import { quote } from '@fairlead/apimachinery'

/** What is wrong with the name of an IPAddress: it is the address itself, in the one canonical spelling. */
export function ipAddressProblems(name: string): readonly string[] {
  const words = name.includes(':') ? parseV6(name) : parseV4(name)
  if (words === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']
  const problems: string[] = []
  if (/(?:^|[.:])0\d+(?=\.|$)/.test(name)) problems.push('must not have leading 0s')
  if (name.includes(':') && isMapped(words)) problems.push('must not be an IPv4-mapped IPv6 address')
  if (problems.length > 0) return problems
  const canonical = name.includes(':') ? formatV6(words) : name
  return name === canonical ? [] : [`must be in canonical form (${quote(canonical)})`]
}

/** Two 16-bit words; leading zeros are tolerated here. */
function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,10}$/.test(part) || Number(part) > 255)) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number)
  return [a * 256 + b, c * 256 + d]
}

/** Eight 16-bit words; the last two may be written as an IPv4 address, and `::` may stand for zeros once. */
function parseV6(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const parsed = halves.map((half, index) => parseWords(half, index === halves.length - 1))
  const [head, tail] = parsed
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  if (tail === undefined) return head.length === 8 ? head : undefined
  const missing = 8 - head.length - tail.length
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail]
}

function parseWords(text: string, isLast: boolean): readonly number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const words: number[] = []
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && part.includes('.')) {
      const address = parseV4(part)
      if (address === undefined) return undefined
      words.push(...address)
    } else if (/^[\da-f]{1,4}$/i.test(part)) words.push(Number.parseInt(part, 16))
    else return undefined
  }
  return words
}

function isMapped(words: readonly number[]): boolean {
  return words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff
}

/** Lower case, the first longest run of at least two zero words as `::`. */
function formatV6(words: readonly number[]): string {
  let best = { start: -1, length: 1 }
  for (let start = 0; start < words.length; start += 1) {
    let length = 0
    while (words[start + length] === 0) length += 1
    if (length > best.length) best = { start, length }
  }
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(':')
  if (best.start < 0) return hex(words)
  return `${hex(words.slice(0, best.start))}::${hex(words.slice(best.start + best.length))}`
}
