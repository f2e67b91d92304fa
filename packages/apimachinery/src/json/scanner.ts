import type { JsonObject, JsonValue } from '../meta/object.ts'
import { setOwn } from './objects.ts'
import { JsonSyntaxError } from './syntax-error.ts'

/** What a scan found. */
export interface Scanned {
  readonly value: JsonValue
  /** Paths of repeated keys in document order, each once, such as `spec.containers[0].image`. The last value wins. */
  readonly duplicates: readonly string[]
}

interface Frame {
  readonly container: JsonObject | JsonValue[]
  /** The key whose value is read, in an object. */
  key: string
}

const simple: Readonly<Record<string, JsonValue>> = { true: true, false: false, null: null }
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const stringPattern = /"([^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*)"/y
const spacePattern = /[ \t\r\n]*/y

/**
 * The exact way to read JSON: integers beyond 2^53 as bigint, repeated keys noted, Go's texts for errors. Keeps a stack of
 * its own, so that nesting costs no call stack.
 */
export function scanJson(text: string, maxDepth: number): Scanned {
  const stack: Frame[] = []
  const duplicates = new Set<string>()
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
    if (/^\./.test(rest) && fraction === undefined && exponent === undefined) {
      position += 1
      throw unexpected('after decimal point in numeric literal')
    }
    if (/^[eE]/.test(rest) && exponent === undefined) {
      position += /^[eE][+-]/.test(rest) ? 2 : 1
      throw unexpected('in exponent of numeric literal')
    }
    if (fraction === undefined && exponent === undefined) {
      const integer = Number(literal)
      return Number.isSafeInteger(integer) ? integer : BigInt(literal)
    }
    const number = Number(literal)
    if (!Number.isFinite(number)) {
      throw new JsonSyntaxError(`json: cannot unmarshal number ${literal} into Go value of type float64`)
    }
    return number
  }

  function readString(): string {
    stringPattern.lastIndex = position
    const match = stringPattern.exec(text)
    if (match === null) throw badString()
    position += match[0].length
    const body = match[1] ?? ''
    return body.includes('\\') ? (JSON.parse(match[0]) as string) : body
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
    if (Object.hasOwn(frame.container, frame.key)) {
      duplicates.add(path())
      delete frame.container[frame.key]
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
    return new JsonSyntaxError(`invalid character ${quoteCharacter(String.fromCodePoint(code))} ${where}`)
  }
}

/** Go's quoting of one character in single quotes. */
function quoteCharacter(character: string): string {
  if (character === "'") return "'\\''"
  if (character === '"') return "'\"'"
  return `'${JSON.stringify(character)
    .slice(1, -1)
    .replace(/\\u00(..)/, '\\x$1')}'`
}
