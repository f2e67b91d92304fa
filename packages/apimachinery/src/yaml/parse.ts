import {
  Composer,
  type Document,
  type DocumentOptions,
  LineCounter,
  type Node,
  type ParseOptions,
  Parser,
  type SchemaOptions,
} from 'yaml'
import { parseJsonStrict } from '../json/parse.ts'
import { JsonSyntaxError } from '../json/syntax-error.ts'
import type { JsonValue } from '../meta/object.ts'
import { decodeUtf8, encodeUtf8 } from '../text/utf8-codec.ts'
import { boundNesting } from './nesting.ts'
import { YamlReader } from './reader.ts'
import { YamlSyntaxError } from './syntax-error.ts'

/** What parsing a YAML document found. */
export interface ParsedYaml {
  readonly value: JsonValue
  /**
   * Repeated keys in document order, such as `line 5: key "name" already set in map`, with the line of the value. The last
   * value wins.
   */
  readonly duplicates: readonly string[]
}

/**
 * Parses the first document of YAML text as sigs.k8s.io/yaml does: YAML 1.1 booleans and octals, merge keys, no sexagesimal
 * numbers, timestamps stay text, keys become strings, integers of 64 bits beyond 2^53 become bigint. Throws
 * `YamlSyntaxError`. The parser takes about two seconds for a megabyte: bound the input.
 */
export function parseYaml(input: Uint8Array | string): ParsedYaml {
  const text = readableText(input)
  const json = parseAsJson(text)
  if (json !== undefined) return json
  const lines = new LineCounter()
  for (const document of documentsOf(text, lines)) return readDocument(document, lines)
  return { value: null, duplicates: [] }
}

/** Parses all documents of YAML text, in the same way; empty ones are left out. */
export function parseYamlDocuments(input: Uint8Array | string): ParsedYaml[] {
  const text = readableText(input)
  const lines = new LineCounter()
  return Array.from(documentsOf(text, lines), (document) => readDocument(document, lines)).filter(
    ({ value }) => value !== null,
  )
}

/** Most clients that send YAML send JSON, which the JSON parser reads a hundred times faster; it tells nothing of lines. */
function parseAsJson(text: string): ParsedYaml | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const { value, duplicates } = parseJsonStrict(text)
    return duplicates.length === 0 ? { value, duplicates: [] } : undefined
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined
    throw error
  }
}

/** The documents of a text, each made when it is asked for. */
function documentsOf(text: string, lines: LineCounter): Generator<Document.Parsed, void> {
  const tokens = boundNesting(new Parser(lines.addNewLine).parse(text))
  return new Composer(optionsWith(lines)).compose(tokens, false, text.length)
}

function optionsWith(lineCounter: LineCounter): ParseOptions & DocumentOptions & SchemaOptions {
  return {
    version: '1.1',
    // Scalars are resolved by the reader: the library's YAML 1.1 reads more into them than Kubernetes does.
    schema: 'failsafe',
    uniqueKeys: false,
    lineCounter,
    logLevel: 'silent',
    prettyErrors: false,
  }
}

function readDocument(document: Document, lines: LineCounter): ParsedYaml {
  const [error] = document.errors
  if (error !== undefined) {
    throw new YamlSyntaxError(`yaml: line ${lines.linePos(error.pos[0]).line}: ${error.message}`, { cause: error })
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.1') {
    throw new YamlSyntaxError('yaml: found incompatible YAML document')
  }
  const reader = new YamlReader(document.contents as Node | null, (offset) => lines.linePos(offset).line)
  return { value: reader.readRoot(), duplicates: reader.duplicates }
}

function readableText(input: Uint8Array | string): string {
  const text = typeof input === 'string' ? input : decode(input)
  if (!unreadable.test(text)) return text
  throw new YamlSyntaxError('yaml: control characters are not allowed')
}

const unreadable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function decode(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes)
  if (text.includes('\ufffd') && encodeUtf8(text).length !== bytes.length) {
    throw new YamlSyntaxError('yaml: invalid leading UTF-8 octet')
  }
  return text
}
