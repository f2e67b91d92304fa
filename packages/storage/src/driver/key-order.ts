/**
 * Orders keys by their UTF-8 bytes. JavaScript's own comparison orders by UTF-16 units, which differs where a
 * surrogate pair meets a character of U+E000 to U+FFFF; names of some kinds may hold any character.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  const shorter = Math.min(a.length, b.length)
  for (let index = 0; index < shorter; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return left >= 0xd800 && right >= 0xd800 ? byteRank(left) - byteRank(right) : left - right
  }
  return a.length - b.length
}

/** Moves surrogates, which stand for characters above U+FFFF, behind all other units. */
function byteRank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

/** A string that sorts after every key with this prefix; U+10FFFF is not a character, so no key holds it. */
export function prefixEnd(prefix: string): string {
  return `${prefix}\u{10ffff}`
}

/** Where a range under `prefix` starts: inclusive, behind `after` when that lies under the prefix or later. */
export function rangeStart(prefix: string, after: string | undefined): string {
  return after === undefined || compareKeys(after, prefix) < 0 ? prefix : `${after}\0`
}
