import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { setOwn } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { decodeUtf8 } from '../text/utf8-codec.ts'
import { YamlSyntaxError } from './syntax-error.ts'
import { yamlTags } from './tags.ts'

/** What parsing a YAML document found. */
export interface ParsedYaml {
  readonly value: JsonValue
  /** Repeated keys in document order, such as `line 5: key "name" already set in map`. The last value wins. */
  readonly duplicates: readonly string[]
}

const maxDepth = 10_000
/** How many nodes aliases may add before a document counts as an attempt to exhaust memory. */
const maxExpanded = 100_000

/**
 * Parses the first document of YAML text as sigs.k8s.io/yaml does: YAML 1.1 booleans and octals, merge keys, no sexagesimal
 * numbers, timestamps stay text, keys become strings, integers beyond 2^53 become bigint. Throws `YamlSyntaxError`. The
 * parser takes about two seconds for a megabyte: bound the input.
 */
export function parseYaml(input: Uint8Array | string): ParsedYaml {
  const text = typeof input === 'string' ? input : decodeUtf8(input)
  const lines = new LineCounter()
  const document = guarded(() =>
    parseDocument(text, {
      version: '1.1',
      customTags: yamlTags,
      merge: true,
      intAsBigInt: true,
      uniqueKeys: false,
      keepSourceTokens: false,
      lineCounter: lines,
      logLevel: 'silent',
      prettyErrors: false,
    }),
  )
  const [error] = document.errors
  if (error !== undefined) {
    throw new YamlSyntaxError(`yaml: line ${lines.linePos(error.pos[0]).line}: ${error.message}`, { cause: error })
  }
  const reader = new Reader(document, lines)
  return { value: guarded(() => reader.read(document.contents as Node | null, 0)), duplicates: reader.duplicates }
}

/** The YAML library and the reader recurse; nesting that the stack cannot take is refused like any other excess. */
function guarded<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError)
      throw new YamlSyntaxError(`yaml: exceeded max depth of ${maxDepth}`, { cause: error })
    throw error
  }
}

/** Turns nodes into JSON values. */
class Reader {
  readonly duplicates: string[] = []
  readonly #document: Document
  readonly #lines: LineCounter
  #expanding = 0
  #expanded = 0

  constructor(document: Document, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  read(node: Node | null | undefined, depth: number): JsonValue {
    if (depth > maxDepth) throw new YamlSyntaxError(`yaml: exceeded max depth of ${maxDepth}`)
    if (this.#expanding > 0 && ++this.#expanded > maxExpanded) {
      throw new YamlSyntaxError('yaml: document contains excessive aliasing')
    }
    if (node === null || node === undefined) return null
    if (isAlias(node)) return this.#expand(node, depth)
    if (isSeq(node)) return node.items.map((item) => this.read(item as Node, depth + 1))
    if (isMap(node)) return this.#readMap(node, depth)
    return isScalar(node) ? scalarValue(node) : null
  }

  #expand(
    alias: { resolve(document: Document): Node | undefined; source: string },
    depth: number,
  ): JsonValue {
    const target = alias.resolve(this.#document)
    if (target === undefined) throw new YamlSyntaxError(`yaml: unknown anchor '${alias.source}' referenced`)
    this.#expanding += 1
    const value = this.read(target, depth + 1)
    this.#expanding -= 1
    return value
  }

  #readMap(map: YAMLMap, depth: number): JsonObject {
    const result: JsonObject = {}
    const merged: JsonObject[] = []
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      if (isMergeKey(pair.key)) {
        merged.push(...this.#mergeSources(pair.value, depth))
        continue
      }
      const key = this.#key(pair.key, depth)
      if (Object.hasOwn(result, key)) {
        const { line } = this.#lines.linePos(pair.key.range?.[0] ?? 0)
        this.duplicates.push(`line ${line}: key ${JSON.stringify(key)} already set in map`)
      }
      setOwn(result, key, this.read(pair.value, depth + 1))
    }
    for (const source of merged) {
      for (const key of Object.keys(source)) if (!Object.hasOwn(result, key)) setOwn(result, key, source[key])
    }
    return result
  }

  #mergeSources(node: Node | null, depth: number): JsonObject[] {
    const value = this.read(node, depth + 1)
    const sources = Array.isArray(value) ? value : [value]
    return sources.map((source) => {
      if (typeof source === 'object' && source !== null && !Array.isArray(source)) return source
      throw new YamlSyntaxError('yaml: map merge requires map or sequence of maps as the value')
    })
  }

  /** JSON knows only strings as keys. */
  #key(node: Node | null, depth: number): string {
    const key = this.read(node, depth + 1)
    if (key === null || typeof key === 'object') throw new YamlSyntaxError('yaml: invalid map key')
    return String(key)
  }
}

function isMergeKey(key: Node | null): boolean {
  if (!isScalar(key)) return false
  return (key.type === undefined || key.type === 'PLAIN') && (key.value === '<<' || key.source === '<<')
}

function scalarValue({ value, source, tag }: Scalar): JsonValue {
  switch (typeof value) {
    case 'bigint':
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(value)
        : value
    case 'number':
      if (!Number.isFinite(value)) throw new YamlSyntaxError(`json: unsupported value: ${source ?? String(value)}`)
      return value
    case 'string':
    case 'boolean':
      return value
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return decodeUtf8(value)
  }
  throw new YamlSyntaxError(`yaml: cannot read a value of tag ${tag ?? 'unknown'}`)
}
