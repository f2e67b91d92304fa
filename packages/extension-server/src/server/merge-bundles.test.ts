import { createAuthority } from '@fairlead/apiserver'
import { expect, test } from 'vitest'
import { mergeBundles } from './merge-bundles.ts'

const now = Date.parse('2026-06-01T00:00:00Z')
const authority = async (name: string, notAfter = '2027-01-01T00:00:00Z'): Promise<string> =>
  (await createAuthority(name, new Date('2025-01-01T00:00:00Z'), new Date(notAfter))).certificate.trim()
const lines = (...certificates: readonly string[]): string => certificates.map((pem) => `${pem}\n`).join('')

test('PAIN-13: authorities of other replicas stay; expired ones and what is none go', async () => {
  const [a, b, old] = await Promise.all([authority('a'), authority('b'), authority('old', '2026-01-01T00:00:00Z')])
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'
  expect(mergeBundles('', a, now)).toBe(lines(a))
  expect(mergeBundles(lines(old, a, broken), b, now)).toBe(lines(a, b))
  expect(mergeBundles('placeholder', b, now)).toBe(lines(b))
})

test('one that is there already is there once, as the newest; the oldest go beyond ten', async () => {
  const many = await Promise.all(Array.from({ length: 11 }, (_, index) => authority(`ca-${index}`)))
  const [first = '', ...others] = many
  expect(mergeBundles(lines(first, ...others.slice(0, 2)), first, now)).toBe(lines(...others.slice(0, 2), first))
  expect(mergeBundles(lines(...many.slice(0, 10)), many[10] ?? '', now)).toBe(lines(...others))
})
