import type { CST } from 'yaml'
import { YamlSyntaxError } from './syntax-error.ts'

/** What is deeper than allowed is told in the words of the reference, whose own limit is higher. */
export const tooDeep = 'yaml: exceeded max depth of 10000'

/**
 * How deep YAML may nest. What is made of the tokens is made by recursion, which must end well before the stack does: an
 * overflow can be caught in most places, but where V8 is compiling a regular expression it ends the process.
 */
const deepest = 400

/** Passes tokens on. Throws YamlSyntaxError for one that nests too deep; the tokens themselves are read without recursion. */
export function* boundNesting(tokens: Iterable<CST.Token>): Generator<CST.Token, void> {
  for (const token of tokens) {
    if (token.type === 'document') checkNesting(token)
    yield token
  }
}

function checkNesting(document: CST.Document): void {
  let level: CST.Token[] = document.value === undefined ? [] : [document.value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) throw new YamlSyntaxError(tooDeep)
    level = level.flatMap(insideOf)
  }
}

function insideOf(token: CST.Token): CST.Token[] {
  if (!('items' in token)) return []
  const inside: CST.Token[] = []
  for (const { key, value } of token.items) {
    if (key !== null && key !== undefined) inside.push(key)
    if (value !== undefined) inside.push(value)
  }
  return inside
}
