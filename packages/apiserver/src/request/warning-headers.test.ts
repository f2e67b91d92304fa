import { expect, test } from 'vitest'
import { createWarningRecorder, warningHeaders } from './warning-headers.ts'

test('texts are kept once, in order', () => {
  const recorder = createWarningRecorder()
  for (const text of ['b', 'a', 'b', '']) recorder.add(text)
  expect(recorder.texts).toEqual(['b', 'a'])
})

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['code, agent and quotes', ['plain'], ['299 - "plain"']],
  ['escapes', ['a "b" \\ c'], ['299 - "a \\"b\\" \\\\ c"']],
  ['control characters drop the text', ['a\nb', 'c\u007f', 'd'], ['299 - "d"']],
  ['UTF-8 goes out as its bytes', ['é'], ['299 - "Ã©"']],
  ['nothing', [], []],
]
test.each(cases)('%s', (_, texts, headers) => expect(warningHeaders(texts)).toEqual(headers))

test('4096 characters fit', () => {
  const texts = ['a'.repeat(4000), 'b'.repeat(96)]
  expect(warningHeaders(texts)).toEqual(texts.map((text) => `299 - "${text}"`))
})

test('beyond 4096 characters all are cut to 256 each, and the rest is left out', () => {
  const letters = Array.from({ length: 20 }, (_, index) => String.fromCodePoint(97 + index))
  const headers = warningHeaders(letters.map((letter) => letter.repeat(300)))
  expect(headers).toEqual(letters.slice(0, 16).map((letter) => `299 - "${letter.repeat(256)}"`))
})

test('characters count, not code units', () => {
  const [header] = warningHeaders(['😀'.repeat(4097)])
  expect(Buffer.from(header ?? '', 'latin1').toString('utf8')).toBe(`299 - "${'😀'.repeat(256)}"`)
})
