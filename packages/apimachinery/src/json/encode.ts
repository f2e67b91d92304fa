import type { JsonObject, JsonValue } from '../meta/object.ts'
import { encodeUtf8 } from '../text/utf8-codec.ts'

/** How JSON is written. */
export interface JsonEncodeOptions {
  /** Indented by two spaces. */
  readonly pretty?: boolean
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}
const escaped = /[<>&\u2028\u2029]/
const allEscaped = new RegExp(escaped, 'g')

/**
 * JSON text as Go writes it: `<`, `>`, `&` and the line separators escaped, members that are undefined left out, bigint in
 * full, no final newline. V8 does the work where it can: bigints and very deep values it cannot write.
 */
export function encodeJson(value: JsonValue | object | undefined, options: JsonEncodeOptions = {}): string {
  const text = stringify(value as JsonValue | undefined, options.pretty ? 2 : 0)
  return escaped.test(text) ? text.replace(allEscaped, (character) => escapes[character] as string) : text
}

/** The same in UTF-8. */
export function encodeJsonBytes(value: JsonValue | object | undefined): Uint8Array {
  return encodeUtf8(encodeJson(value))
}

function stringify(value: JsonValue | undefined, indent: number): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? 'null'
  } catch (error) {
    // A TypeError tells of a bigint, a RangeError of nesting that V8's own recursion cannot follow.
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error
    return encodeWithStack(value, indent)
  }
}

type Task = string | { readonly value: JsonValue | undefined; readonly depth: number }

/** Writes with a stack of its own: a task is text to write or a value to take apart. */
function encodeWithStack(root: JsonValue | undefined, indent: number): string {
  const parts: string[] = []
  const tasks: Task[] = [{ value: root, depth: 0 }]
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (typeof task === 'string') parts.push(task)
    else if (typeof task.value === 'bigint') parts.push(task.value.toString())
    else if (typeof task.value === 'object' && task.value !== null) {
      const members = membersOf(task.value)
      const [open, close] = Array.isArray(task.value) ? ['[', ']'] : ['{', '}']
      if (members.length === 0) parts.push(`${open}${close}`)
      else {
        parts.push(open)
        tasks.push(`${lineBreak(indent, task.depth)}${close}`)
        for (let index = members.length - 1; index >= 0; index--) {
          const [prefix, value] = members[index] as [string, JsonValue]
          tasks.push({ value, depth: task.depth + 1 })
          tasks.push(
            `${index === 0 ? '' : ','}${lineBreak(indent, task.depth + 1)}${indent > 0 && prefix ? `${prefix} ` : prefix}`,
          )
        }
      }
    } else parts.push(JSON.stringify(task.value) ?? 'null')
  }
  return parts.join('')
}

function membersOf(value: JsonObject | JsonValue[]): [prefix: string, value: JsonValue][] {
  if (Array.isArray(value)) return value.map((item) => ['', item])
  return Object.keys(value).flatMap((key) => {
    const member = value[key]
    return member === undefined ? [] : [[`${JSON.stringify(key)}:`, member] as [string, JsonValue]]
  })
}

function lineBreak(indent: number, depth: number): string {
  return indent === 0 ? '' : `\n${' '.repeat(indent * depth)}`
}
