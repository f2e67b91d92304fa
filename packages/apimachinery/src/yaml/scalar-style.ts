import { isPlainText } from './resolve.ts'

/** How a text is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal'

const unprintable = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u
const indicatorFirst = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/
const indicatorInside = /:(?:\s|$)|\s#/

/**
 * The style of a text: plain where that reads as the same text, single quotes where only its characters stand in the way,
 * double quotes where it would read as another value or cannot be printed, and literal where it has lines. Keys have one line.
 */
export function scalarStyle(text: string, isKey: boolean): ScalarStyle {
  if (text === '' || unprintable.test(text)) return 'double'
  if (text.includes('\n')) return isKey || / \n| $/.test(text) ? 'double' : 'literal'
  if (!isPlainText(text)) return 'double'
  return /^ | $/.test(text) || indicatorFirst.test(text) || indicatorInside.test(text) ? 'single' : 'plain'
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/** A character inside double quotes. */
export function escapeCharacter(character: string): string {
  const short = shortEscapes[character]
  if (short !== undefined) return short
  if (!unprintable.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${hex(code, 2)}`
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0')
}
