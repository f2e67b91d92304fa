import { expect, test } from 'vitest'
import { validateDomainPrefixedPath } from './domain-prefixed-path.ts'

test.each(['acme.io/foo', 'acme.io/foo/bar', 'a/b', "a/~%!$&'()*+,;=:"])('%s', (value) => {
  expect(validateDomainPrefixedPath(value, 'key')).toEqual([])
})

test.each(['', 'foo', '/foo', 'foo/', 'A/foo', 'a/b c', 'a/b?'])('not %j', (value) => {
  expect(validateDomainPrefixedPath(value, 'key')).toHaveLength(1)
})
