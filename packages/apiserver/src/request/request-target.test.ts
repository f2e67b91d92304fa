import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRequestTarget, requestUri } from './request-target.ts'

const good: readonly (readonly [string, string, string, string])[] = [
  ['/', '/', '/', ''],
  ['/a?b', '/a', '/a', 'b'],
  ['/a?', '/a', '/a', ''],
  ['/a%20b?c%zz', '/a%20b', '/a b', 'c%zz'],
  ['http://host:1/a?b', '/a', '/a', 'b'],
  ['HTTPS://host', '/', '/', ''],
  ['https://host?b', '/', '/', 'b'],
  ['*', '*', '*', ''],
  ['//host/a', '//host/a', '//host/a', ''],
]
test.each(good)('%s', (target, rawPath, path, rawQuery) => {
  expect(parseRequestTarget(target)).toEqual({ rawPath, path, rawQuery })
})

test.each(['', 'a', '?a', '/%', '/%4', '/%zz', '/%ff', '/%c3%28', 'ftp://host/a', 'host:443'])(
  '%s is refused',
  (target) => {
    expect(parseRequestTarget(target)).toBeUndefined()
  },
)

test('every path survives encoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (path, query) => {
      const rawPath = `/${encodeURIComponent(path)}`
      const rawQuery = encodeURIComponent(query)
      const parsed = parseRequestTarget(`${rawPath}?${rawQuery}`)
      expect(parsed).toEqual({ rawPath, path: `/${path}`, rawQuery })
      if (parsed && rawQuery !== '') expect(requestUri(parsed)).toBe(`${rawPath}?${rawQuery}`)
    }),
  )
})
