import type { JsonValue } from '../meta/object.ts'
import { decodeUtf8 } from '../text/utf8-codec.ts'
import { checkDepth } from './depth.ts'
import { type Scanned, scanJson } from './scanner.ts'

/** How much a parser takes. */
export interface JsonParseOptions {
  /** Nesting beyond this is refused with `exceeded max depth`. */
  readonly maxDepth?: number
}

const defaultMaxDepth = 10_000

/**
 * What V8 would read differently from Go: it rounds integers of sixteen and more digits, reads numbers with exponents of
 * three digits as Infinity, and keeps escaped lone surrogates. What this finds goes the exact way; finding too much, as
 * in `": 1234567890123456"`, only costs time.
 */
const needsExactness = /(?:^|[:[,\s])-?(?:\d{16}|[\d.]+[eE]\+?\d{3})|\\u[dD][89a-fA-F]/

/**
 * Parses JSON. Integers of 64 bits beyond ±(2^53 - 1) become bigint; of a repeated key the last value counts; `__proto__` is a key
 * like any other; invalid UTF-8 is replaced. Throws `JsonSyntaxError`. V8's parser does the work, and the scanner only
 * where V8's would lose digits or has refused the text.
 */
export function parseJson(input: Uint8Array | string, options: JsonParseOptions = {}): JsonValue {
  const text = typeof input === 'string' ? input : decodeUtf8(input)
  const maxDepth = options.maxDepth ?? defaultMaxDepth
  if (needsExactness.test(text)) return scanJson(text, maxDepth).value
  checkDepth(text, maxDepth)
  try {
    return JSON.parse(text) as JsonValue
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return scanJson(text, maxDepth).value
  }
}

/** The same, and finds repeated keys. */
export function parseJsonStrict(input: Uint8Array | string, options: JsonParseOptions = {}): Scanned {
  const text = typeof input === 'string' ? input : decodeUtf8(input)
  return scanJson(text, options.maxDepth ?? defaultMaxDepth)
}
