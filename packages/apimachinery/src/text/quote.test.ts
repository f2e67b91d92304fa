import { expect, test } from 'vitest'
import { quote } from './quote.ts'

test.each([
  ['plain', '"plain"'],
  ['', '""'],
  ['a "b" \\', '"a \\"b\\" \\\\"'],
  ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
  ['\0\x1b\x7f', '"\\x00\\x1b\\x7f"'],
  ['größe 日本 😀', '"größe 日本 😀"'],
  ['\u00a0\u200b\u2028', '"\\u00a0\\u200b\\u2028"'],
  ['\u{e0001}', '"\\U000e0001"'],
  ['\ud800', '"\ufffd"'],
  ['<&>', '"<&>"'],
])('%j', (text, quoted) => {
  expect(quote(text)).toBe(quoted)
})
