import { encodeJson } from '../json/encode.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { formatNumber } from '../text/number.ts'
import { utf8Length } from '../text/utf8.ts'
import { compareKeys } from './key-order.ts'
import { escapeCharacter, scalarStyle } from './scalar-style.ts'
import { YamlWriter } from './writer.ts'

/**
 * YAML text as sigs.k8s.io/yaml writes it: keys sorted, two spaces, lists not indented in maps, long lines folded, text in
 * quotes where it would be read as something else. Members that are undefined are left out.
 */
export function encodeYaml(value: JsonValue | object | undefined): string {
  const writer = new YamlWriter()
  const root = (value ?? null) as JsonValue
  if (!isBlock(root)) {
    writer.startLine(0)
    writeScalar(writer, root, 2)
  } else if (Array.isArray(root)) writeList(writer, root, { indent: 0, inline: false })
  else writeMap(writer, root, { indent: 0, inline: false })
  return writer.finish()
}

interface Place {
  readonly indent: number
  /** The first item or member goes on the line that is being written, behind a dash. */
  readonly inline: boolean
}

/** What would stand further right is written as JSON: each level of a block costs stack, and indentation on every line. */
const deepestIndent = 1000

/** Keys of more bytes take a line of their own. */
const maxSimpleKey = 128

function writeMap(writer: YamlWriter, map: JsonObject, { indent, inline }: Place): void {
  let startsInline = inline
  for (const key of Object.keys(map).sort(compareKeys)) {
    const value = map[key]
    if (value === undefined) continue
    if (!startsInline) writer.startLine(indent)
    startsInline = false
    const isSimple = utf8Length(key) <= maxSimpleKey && !key.includes('\n')
    if (isSimple) writer.write(`${keyText(key)}:`)
    else {
      writer.write('? ')
      writer.writeText(key, indent + 2)
      writer.startLine(indent)
      writer.write(':')
    }
    writeMember(writer, value, { indent, inline: !isSimple })
  }
}

/** What follows the colon; `inline` after a key on a line of its own. */
function writeMember(writer: YamlWriter, value: JsonValue, { indent, inline }: Place): void {
  if (!isBlock(value) || indent > deepestIndent) {
    writer.write(' ')
    writeScalar(writer, value, indent + 2)
    return
  }
  if (inline) writer.write(' ')
  if (!Array.isArray(value)) writeMap(writer, value, { indent: indent + 2, inline })
  else writeList(writer, value, { indent: inline ? indent + 2 : indent, inline })
}

function writeList(writer: YamlWriter, list: readonly JsonValue[], { indent, inline }: Place): void {
  for (const [index, item] of list.entries()) {
    if (index > 0 || !inline) writer.startLine(indent)
    writer.write('- ')
    if (!isBlock(item) || indent > deepestIndent) writeScalar(writer, item, indent + 2)
    else if (Array.isArray(item)) writeList(writer, item, { indent: indent + 2, inline: true })
    else writeMap(writer, item, { indent: indent + 2, inline: true })
  }
}

/** True for maps and lists that are not empty. */
function isBlock(value: JsonValue | undefined): value is JsonObject | JsonValue[] {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : Object.values(value).some((member) => member !== undefined)
}

/** A scalar, an empty map or list, or one that is too deep for a block. */
function writeScalar(writer: YamlWriter, value: JsonValue | undefined, indent: number): void {
  if (typeof value === 'string') writer.writeText(value, indent)
  else if (typeof value === 'object' && value !== null) writer.write(encodeJson(value))
  else writer.write(simpleText(value))
}

function simpleText(value: boolean | number | bigint | null | undefined): string {
  if (typeof value !== 'number') return String(value ?? null)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : formatNumber(value)
}

function keyText(key: string): string {
  switch (scalarStyle(key, true)) {
    case 'plain':
      return key
    case 'single':
      return `'${key.replaceAll("'", "''")}'`
    default:
      return `"${[...key].map(escapeCharacter).join('')}"`
  }
}
