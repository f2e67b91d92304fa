import type { JsonValue } from '../meta/object.ts'
import { JsonSyntaxError } from './syntax-error.ts'

/**
 * Throws when brackets nest deeper than `limit`. Costs nothing for short texts, since a text of n characters nests at most
 * n levels; a longer one is scanned once, strings skipped.
 */
export function checkDepth(text: string, limit: number): void {
  if (text.length <= limit) return
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case quote:
        index = endOfString(text, index)
        break
      case openBracket:
      case openBrace:
        depth += 1
        if (depth > limit) throw new JsonSyntaxError('exceeded max depth')
        break
      case closeBracket:
      case closeBrace:
        depth -= 1
        break
      default:
    }
  }
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** The index of the closing quote of the string that starts at `start`, or the end of the text where there is none. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return text.length
}

/** True when objects and lists nest deeper than `limit`. */
export function isDeeperThan(root: JsonValue, limit: number): boolean {
  let level: JsonValue[] = [root]
  for (let depth = 0; depth <= limit; depth++) {
    const next: JsonValue[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) next.push(member)
    }
    if (next.length === 0) return false
    level = next
  }
  return true
}
