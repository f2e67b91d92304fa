import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalQuery, escapeHeaderKey, escapePath } from './escape.ts'

test.each([
  ['', ''],
  ['a=1', 'a=1'],
  ['watch', 'watch='],
  ['watch=true&limit=5', 'limit=5&watch=true'],
  ['a=2&b=1&a=1', 'a=2&a=1&b=1'],
  ['labelSelector=a%3Db%2Cc', 'labelSelector=a%3Db%2Cc'],
  ['labelSelector=a=b,c', 'labelSelector=a%3Db%2Cc'],
  ['a=x+y', 'a=x+y'],
  ['a=x%20y', 'a=x+y'],
  ['a=%zz&b=1', 'b=1'],
  ['a=1;b=2&c=3', 'c=3'],
  ['&&a=1&', 'a=1'],
  ['a=%C3%BC', 'a=%C3%BC'],
  ['a=ü', 'a=%C3%BC'],
  ['a=%ff', 'a=%FF'],
  ["a=!'()*~", 'a=%21%27%28%29%2A~'],
])('PRX-11: query %s', (query, expected) => {
  expect(canonicalQuery(query)).toBe(expected)
})

test('PRX-11: a query means the same afterwards, and is written once and for all', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))), (pairs) => {
      const query = canonicalQuery(new URLSearchParams(pairs).toString())
      expect(canonicalQuery(query)).toBe(query)
      const read = new URLSearchParams(query)
      const given = new URLSearchParams(pairs)
      for (const key of new Set(given.keys())) expect(read.getAll(key)).toEqual(given.getAll(key))
    }),
  )
})

test.each([
  ['/apis/a.io/v1/foos', '/apis/a.io/v1/foos'],
  ['/a b', '/a%20b'],
  ['/ü', '/%C3%BC'],
  ['/a?b#c%d', '/a%3Fb%23c%25d'],
  ["/a:b@c&d=e+f$g,h;i'(", '/a:b@c&d=e+f$g,h;i%27%28'],
])('PRX-11: path %s', (path, expected) => {
  expect(escapePath(path)).toBe(expected)
  expect(decodeURIComponent(escapePath(path))).toBe(path)
})

test.each([
  ['scopes.authorization.openshift.io', 'scopes.authorization.openshift.io'],
  ['example.com/team', 'example.com%2Fteam'],
  ['a%b', 'a%25b'],
  ['ü', '%C3%BC'],
])('PRX-18: extra key %s', (key, expected) => {
  expect(escapeHeaderKey(key)).toBe(expected)
})
