import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { setOwn } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { formatGoValue } from '../text/go-value.ts'
import { formatNumber } from '../text/number.ts'
import { quote } from '../text/quote.ts'
import { tooDeep } from './nesting.ts'
import { keyText, type YamlScalar } from './resolve.ts'
import { scalarOf } from './scalar.ts'
import { YamlSyntaxError } from './syntax-error.ts'

/** Aliases may nest further what is nested in the text; the stack must take it. */
const maxDepth = 1000
/** How many nodes aliases may add before a document counts as an attempt to exhaust memory. */
const maxExpanded = 100_000

type MapPair = Pair<Node | null, Node | null>

/** Turns the nodes of one document into JSON values. */
export class YamlReader {
  /** Repeated keys that were met so far. */
  readonly duplicates: string[] = []
  readonly #root: Node | null
  readonly #lineOf: (offset: number) => number
  readonly #targets = new Map<Alias, Node>()
  readonly #expanding = new Set<Alias>()
  #expanded = 0

  /** `lineOf` gives the line, from 1, of an offset in the text. */
  constructor(root: Node | null, lineOf: (offset: number) => number) {
    this.#root = root
    this.#lineOf = lineOf
    this.#findTargets(root, new Map())
  }

  /** The value of the document. Throws `YamlSyntaxError` for what JSON cannot say. */
  readRoot(): JsonValue {
    return this.#read(this.#root, 0)
  }

  /** An alias means the last node before it that has the anchor. */
  #findTargets(node: Node | null, anchors: Map<string, Node>): void {
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined) throw new YamlSyntaxError(`yaml: unknown anchor '${node.source}' referenced`)
      this.#targets.set(node, target)
      return
    }
    if (node === null) return
    const { anchor } = node as { anchor?: string }
    if (anchor !== undefined) anchors.set(anchor, node)
    if (isSeq(node)) for (const item of node.items) this.#findTargets(item as Node | null, anchors)
    else if (isMap(node)) {
      for (const { key, value } of node.items as MapPair[]) {
        this.#findTargets(key, anchors)
        this.#findTargets(value ?? null, anchors)
      }
    }
  }

  #read(node: Node | null | undefined, depth: number): JsonValue {
    if (depth > maxDepth) throw new YamlSyntaxError(tooDeep)
    if (this.#expanding.size > 0) this.#countExpansion()
    if (node === null || node === undefined) return null
    if (isAlias(node)) return this.#expand(node, (target) => this.#read(target, depth + 1))
    if (isSeq(node)) return node.items.map((item) => this.#read(item as Node, depth + 1))
    if (isMap(node)) return this.#readMap(node, depth)
    return jsonOf(scalarOf(node as Scalar))
  }

  #expand<Result>(alias: Alias, use: (target: Node) => Result): Result {
    this.#countExpansion()
    if (this.#expanding.size > maxDepth) throw new YamlSyntaxError(tooDeep)
    if (this.#expanding.has(alias)) throw new YamlSyntaxError(`yaml: anchor '${alias.source}' value contains itself`)
    this.#expanding.add(alias)
    const result = use(this.#targets.get(alias) as Node)
    this.#expanding.delete(alias)
    return result
  }

  #countExpansion(): void {
    this.#expanded += 1
    if (this.#expanded > maxExpanded) throw new YamlSyntaxError('yaml: document contains excessive aliasing')
  }

  #readMap(map: YAMLMap, depth: number): JsonObject {
    const result: JsonObject = {}
    this.#readInto(result, map, { seen: new Set(), depth })
    return result
  }

  #readInto(result: JsonObject, map: YAMLMap, { seen, depth }: MapState): void {
    for (const { key: keyNode, value: valueNode } of map.items as MapPair[]) {
      if (isMergeKey(keyNode)) {
        this.#merge(result, valueNode ?? null, { seen, depth: depth + 1 })
        continue
      }
      const scalar = this.#key(keyNode)
      const value = this.#read(valueNode, depth + 1)
      const key = keyText(scalar)
      if (key === undefined) throw unsupportedKey(scalar, value)
      const text = keyInMessage(scalar)
      if (seen.has(text))
        this.duplicates.push(`line ${this.#line(valueNode ?? keyNode)}: key ${text} already set in map`)
      seen.add(text)
      setOwn(result, key, value)
    }
  }

  /** Earlier maps of a list win over later ones; what comes later in the map wins over both. */
  #merge(result: JsonObject, node: Node | null, state: MapState): void {
    const sources = isSeq(node) ? (node.items as Node[]).toReversed() : [node]
    for (const source of sources) {
      if (isMap(source)) this.#readInto(result, source, state)
      else if (isAlias(source)) {
        this.#expand(source, (target) => {
          if (!isMap(target)) throw wantMap()
          this.#readInto(result, target, state)
        })
      } else throw wantMap()
    }
  }

  #key(node: Node | null): YamlScalar {
    if (isAlias(node)) return this.#expand(node, (target) => this.#key(target))
    if (node === null) return { kind: 'null' }
    if (isScalar(node)) return scalarOf(node)
    throw new YamlSyntaxError(`yaml: invalid map key: ${formatGoValue(this.#read(node, 0))}`)
  }

  #line(node: Node | null): number {
    return this.#lineOf(node?.range?.[0] ?? 0)
  }
}

interface MapState {
  /** Keys that the map has already, as messages spell them. */
  readonly seen: Set<string>
  readonly depth: number
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.value === '<<' && (key.tag === 'tag:yaml.org,2002:merge' || key.type === 'PLAIN')
}

function wantMap(): YamlSyntaxError {
  return new YamlSyntaxError('yaml: map merge requires map or sequence of maps as the value')
}

function jsonOf(scalar: YamlScalar): JsonValue {
  switch (scalar.kind) {
    case 'null':
      return null
    case 'int': {
      const number = Number(scalar.value)
      return Number.isSafeInteger(number) || scalar.value >= 2n ** 63n ? number : scalar.value
    }
    case 'float':
      if (Number.isFinite(scalar.value)) return scalar.value
      throw new YamlSyntaxError(`json: unsupported value: ${formatNumber(scalar.value)}`)
    default:
      return scalar.value
  }
}

function keyInMessage(scalar: YamlScalar): string {
  if (scalar.kind === 'text') return quote(scalar.value)
  return scalar.kind === 'null' ? '<nil>' : String(scalar.value)
}

function unsupportedKey(scalar: YamlScalar, value: JsonValue): YamlSyntaxError {
  const [type, key] = scalar.kind === 'int' ? ['uint64', `0x${scalar.value.toString(16)}`] : ['%!s(<nil>)', '<nil>']
  const text = typeof value === 'string' ? quote(value) : formatGoValue(value)
  return new YamlSyntaxError(`unsupported map key of type: ${type}, key: ${key}, value: ${text}`)
}
