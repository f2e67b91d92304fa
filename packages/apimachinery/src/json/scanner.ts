import type { JsonObject, JsonValue } from '../meta/object.ts'
import { quote } from '../text/quote.ts'
import { endOfString } from './depth.ts'
import { setOwn } from './objects.ts'
import { JsonSyntaxError } from './syntax-error.ts'

/** What a scan found. */
export interface Scanned {
  readonly value: JsonValue
  /**
   * Paths of repeated keys in document order, each once, such as `spec.containers[0].image`. The last value wins. Only so
   * many repetitions are noted that a hostile text costs no time.
   */
  readonly duplicates: readonly string[]
}

interface Frame {
  readonly container: JsonObject | JsonValue[]
  /** The key whose value is read, in an object. */
  key: string
}

const simple: Readonly<Record<string, JsonValue>> = { true: true, false: false, null: null }
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const plainCharacters = /[^"\\\u0000-\u001f]*/y
const spacePattern = /[ \t\r\n]*/y
const maxNotedDuplicates = 1000
const minInt64 = -(2n ** 63n)
const maxInt64 = 2n ** 63n - 1n

/**
 * The exact way to read JSON: integers beyond 2^53 as bigint, repeated keys noted, Go's texts for errors. Keeps a stack of
 * its own, so that nesting costs no call stack.
 */
export function scanJson(text: string, maxDepth: number): Scanned {
  const stack: Frame[] = []
  const duplicates = new Set<string>()
  let noted = 0
  let position = 0
  let root: JsonValue | undefined

  skipSpace()
  let value = readValue()
  while (true) {
    // Either a complete value was read, or a container was opened (value undefined) and its first member comes next.
    const frame = stack[stack.length - 1]
    if (value !== undefined) {
      if (frame === undefined) {
        root = value
        break
      }
      store(frame, value)
      value = afterMember(frame)
    } else if (frame !== undefined) value = firstMember(frame)
  }
  skipSpace()
  if (position < text.length) throw unexpected('after top-level value')
  return { value: root, duplicates: [...duplicates] }

  function firstMember(frame: Frame): JsonValue | undefined {
    skipSpace()
    if (Array.isArray(frame.container)) {
      if (text[position] === ']') return close()
      return readValue()
    }
    if (text[position] === '}') return close()
    return readMember(frame, 'looking for beginning of object key string')
  }

  function afterMember(frame: Frame): JsonValue | undefined {
    skipSpace()
    const isArray = Array.isArray(frame.container)
    const character = text[position]
    if (character === (isArray ? ']' : '}')) return close()
    if (character !== ',') throw unexpected(isArray ? 'after array element' : 'after object key:value pair')
    position += 1
    skipSpace()
    return isArray ? readValue() : readMember(frame, 'looking for beginning of object key string')
  }

  function readMember(frame: Frame, where: string): JsonValue | undefined {
    if (text[position] !== '"') throw unexpected(where)
    frame.key = readString()
    skipSpace()
    if (text[position] !== ':') throw unexpected('after object key')
    position += 1
    skipSpace()
    return readValue()
  }

  function close(): JsonValue {
    position += 1
    return stack.pop()?.container as JsonValue
  }

  /** A whole scalar, or undefined after opening a container. */
  function readValue(): JsonValue | undefined {
    const character = text[position]
    switch (character) {
      case '{':
      case '[':
        if (stack.length >= maxDepth) throw new JsonSyntaxError('exceeded max depth')
        position += 1
        stack.push({ container: character === '{' ? {} : [], key: '' })
        return undefined
      case '"':
        return readString()
      case 't':
        return readLiteral('true')
      case 'f':
        return readLiteral('false')
      case 'n':
        return readLiteral('null')
      default:
        if (character !== undefined && /[-0-9]/.test(character)) return readNumber()
        throw unexpected('looking for beginning of value')
    }
  }

  function readLiteral(literal: string): JsonValue {
    for (let index = 1; index < literal.length; index++) {
      if (text[position + index] === literal[index]) continue
      position += index
      throw unexpected(`in literal ${literal} (expecting '${literal[index]}')`)
    }
    position += literal.length
    return simple[literal] as JsonValue
  }

  function readNumber(): JsonValue {
    numberPattern.lastIndex = position
    const match = numberPattern.exec(text)
    if (match === null) {
      position += 1
      throw unexpected('in numeric literal')
    }
    const [literal, fraction, exponent] = match
    position += literal.length
    const rest = text.slice(position, position + 2)
    if (rest.startsWith('.') && fraction === undefined && exponent === undefined) {
      position += 1
      throw unexpected('after decimal point in numeric literal')
    }
    if (/^[eE]/.test(rest) && exponent === undefined) {
      position += /^[eE][+-]/.test(rest) ? 2 : 1
      throw unexpected('in exponent of numeric literal')
    }
    const number = Number(literal)
    if (Number.isSafeInteger(number)) return number
    if (fraction === undefined && exponent === undefined && literal.length <= 20) {
      const integer = BigInt(literal)
      if (integer >= minInt64 && integer <= maxInt64) return integer
    }
    if (!Number.isFinite(number)) {
      throw new JsonSyntaxError(`json: cannot unmarshal number ${literal} into Go value of type float64`)
    }
    return number
  }

  function readString(): string {
    const start = position
    plainCharacters.lastIndex = start + 1
    plainCharacters.exec(text)
    const stop = plainCharacters.lastIndex
    if (text[stop] === '"') {
      position = stop + 1
      return text.slice(start + 1, stop)
    }
    const end = endOfString(text, start)
    if (end === text.length) throw badString()
    try {
      const value = JSON.parse(text.slice(start, end + 1)) as string
      position = end + 1
      return wellFormed(value)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw badString()
    }
  }

  /** Finds the character that spoils a string. */
  function badString(): JsonSyntaxError {
    position += 1
    while (position < text.length) {
      const character = text[position] as string
      if (character < ' ') return unexpected('in string literal')
      position += 1
      if (character !== '\\') continue
      if (position >= text.length) break
      if (text[position] === 'u') {
        for (let digit = 1; digit <= 4; digit++) {
          if (/[0-9a-fA-F]/.test(text[position + digit] ?? '')) continue
          position += digit
          return unexpected('in \\u hexadecimal character escape')
        }
        position += 5
      } else if (/["\\/bfnrt]/.test(text[position] ?? '')) position += 1
      else return unexpected('in string escape code')
    }
    return unexpected('in string literal')
  }

  function store(frame: Frame, stored: JsonValue): void {
    if (Array.isArray(frame.container)) {
      frame.container.push(stored)
      return
    }
    if (Object.hasOwn(frame.container, frame.key) && noted < maxNotedDuplicates) {
      noted += 1
      duplicates.add(path())
    }
    setOwn(frame.container, frame.key, stored)
  }

  function path(): string {
    let result = ''
    for (const { container, key } of stack) {
      if (Array.isArray(container)) result += `[${container.length}]`
      else result += result === '' ? key : `.${key}`
    }
    return result
  }

  function skipSpace(): void {
    spacePattern.lastIndex = position
    spacePattern.exec(text)
    position = spacePattern.lastIndex
  }

  function unexpected(where: string): JsonSyntaxError {
    const code = text.codePointAt(position)
    if (code === undefined) return new JsonSyntaxError('unexpected end of JSON input')
    return new JsonSyntaxError(`invalid character ${quoteByte(firstByte(code))} ${where}`)
  }
}

/** The string with lone surrogates replaced by U+FFFD, as Go reads their escapes. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
}

/** The first byte of a character in UTF-8: Go's scanner complains about bytes. */
function firstByte(code: number): number {
  if (code < 0x80) return code
  if (code < 0x800) return 0xc0 | (code >> 6)
  return code < 0x1_0000 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18)
}

/** Go's quoting of one byte in single quotes. */
function quoteByte(byte: number): string {
  if (byte === 0x27) return "'\\''"
  if (byte === 0x22) return "'\"'"
  return `'${quote(String.fromCharCode(byte)).slice(1, -1)}'`
}
