const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

const shortEscapes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** True for a character that messages print as it is: letters, marks, numbers, punctuation, symbols and the space. */
export function isPrintable(character: string): boolean {
  return printable.test(character)
}

/**
 * `text` in double quotes, as messages of the API spell strings (Go's `%q`): control and other unprintable characters
 * become `\n`, `\x01`, `\u00a0` or `\U0001f3fb`; a lone surrogate becomes U+FFFD.
 */
export function quote(text: string): string {
  if (plain.test(text)) return `"${text}"`
  let quoted = '"'
  for (const character of text) {
    quoted += shortEscapes[character] ?? (isPrintable(character) ? character : escape(character.codePointAt(0) ?? 0))
  }
  return `${quoted}"`
}

function escape(codePoint: number): string {
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return '\ufffd'
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${hex(codePoint, 2)}`
  return codePoint < 0x10000 ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}
