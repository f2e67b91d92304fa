import { expect, test } from 'vitest'
import { keyUsagesOf } from './key-usages.ts'

test.each<[string[], number, string[]]>([
  [[], 0, []],
  [['digital signature', 'key encipherment', 'client auth'], 5, ['1.3.6.1.5.5.7.3.2']],
  [['signing', 'digital signature'], 1, []],
  [['client auth', 'server auth', 'any'], 0, ['2.5.29.37.0', '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']],
  [['s/mime', 'email protection'], 0, ['1.3.6.1.5.5.7.3.4']],
  [['decipher only', 'cert sign', 'crl sign'], 256 | 32 | 64, []],
])('%j', (usages, bits, extended) => {
  expect(keyUsagesOf(usages)).toEqual({ bits, extended })
})

test('unknown ones are refused by name', () => {
  expect(() => keyUsagesOf(['signing', 'a', 'toString'])).toThrow('unrecognized usage values: ["a" "toString"]')
})
