import { expect, test } from 'vitest'
import { certificateValidity } from './certificate-validity.ts'

const now = Date.UTC(2030, 0, 1)
const minute = 60_000
const hour = 60 * minute
const year = 365 * 24 * hour
const always = now + 100 * year

test.each<[string, number | undefined, number, number, number]>([
  ['as long as may be', undefined, year, always, year - 5 * minute],
  ['the longest of the cluster', 2 ** 31 - 1, year, always, year - 5 * minute],
  ['what is asked for', 24 * 3600, year, always, 24 * hour - 5 * minute],
  ['eight hours', 8 * 3600, year, always, 8 * hour - 5 * minute],
  ['less than eight hours is not cut', 8 * 3600 - 1, year, always, 8 * hour - 1000],
  ['ten minutes at least', 1, year, always, 10 * minute],
  ['no longer than the authority', undefined, year, now + hour, hour],
  ['a short one of the cluster', undefined, 5 * minute, always, 5 * minute],
])('%s', (_what, expirationSeconds, longestDuration, authorityEnd, length) => {
  expect(certificateValidity({ now, expirationSeconds, longestDuration, authorityEnd })).toEqual({
    notBefore: now - 5 * minute,
    notAfter: now + length,
  })
})

test.each<[number, string]>([
  [now - 5 * minute, 'the signer has expired: NotAfter=2029-12-31T23:55:00Z'],
  [now, 'refusing to sign a certificate that expired in the past: NotAfter=2030-01-01T00:00:00Z'],
])('an authority that has ended at %d signs nothing', (authorityEnd, message) => {
  const question = { now, expirationSeconds: 600, longestDuration: year, authorityEnd }
  expect(() => certificateValidity(question)).toThrow(message)
})
