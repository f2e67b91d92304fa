import { expect, test } from 'vitest'
import { parseCertificates } from './certificate.ts'
import { commonNameOf } from './distinguished-name.ts'
import { pemBlocks } from './pem.ts'
import { X509SyntaxError } from './syntax-error.ts'

const authority = `-----BEGIN CERTIFICATE-----
MIIBcDCCARegAwIBAgIUSk9weAbLAz/c82AcDGMxIHZ3THwwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwIBcNMjYxMTI1MDc1MjMzWhgPMjEyNjExMDEwNzUyMzNa
MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEvB0G2jS
tMAEQxmjvVf9Jr3MSdSKVC81mbid9SCDwJN1gEWJF2EpcIjDxfQkR/jg4fnScBVH
OkOZMEsYAKdFJKNTMFEwHQYDVR0OBBYEFIHJqolYySDCvCMrh5ELa4R1XnO2MB8G
A1UdIwQYMBaAFIHJqolYySDCvCMrh5ELa4R1XnO2MA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDRwAwRAIgFY6sN9F2xenrjle66rpgg66AqP4GWxBTGU2zHfM+
Zp8CIE/QJRhidXPPf6mD0L+2wX+jGKf430UL3j3ecGg150lz
-----END CERTIFICATE-----`
const der = pemBlocks(new TextEncoder().encode(authority))[0]?.bytes ?? new Uint8Array()

test('certificates one behind the other', () => {
  const [first, second] = parseCertificates(Buffer.concat([der, der]))
  expect(commonNameOf(first?.subject ?? [])).toBe('ca')
  expect(first?.notAfter).toBe(Date.UTC(2126, 10, 1, 7, 52, 33))
  expect(second).toEqual(first)
  expect(parseCertificates(new Uint8Array())).toEqual([])
})

const element = (tag: number, ...parts: readonly Uint8Array[]) => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag, content.length), content])
}
/** Just the fields that are read, with a time of a type as the end of validity. */
const ending = (tag: number, time: string, ...version: readonly Uint8Array[]) => {
  const end = element(tag, Buffer.from(time))
  const empty = element(0x30)
  return element(
    0x30,
    element(0x30, ...version, element(2, Buffer.of(1)), empty, empty, element(0x30, end, end), empty),
  )
}

test.each<[number, string, number]>([
  [0x17, '491231235959Z', Date.UTC(2049, 11, 31, 23, 59, 59)],
  [0x17, '500101000000Z', Date.UTC(1950, 0, 1)],
  [0x18, '20500101000000Z', Date.UTC(2050, 0, 1)],
])('type %d, %s', (tag, text, time) => {
  expect(parseCertificates(ending(tag, text))[0]?.notAfter).toBe(time)
  expect(parseCertificates(ending(tag, text, element(0xa0, element(2, Buffer.of(2)))))[0]?.notAfter).toBe(time)
})

test.each<[number, string]>([
  [0x17, ''],
  [0x17, '4912312359Z'],
  [0x17, '20500101000000Z'],
  [0x17, '491331000000Z'],
  [0x18, '491231235959Z'],
  [0x18, '20500101000000+0100'],
])('type %d, %j is no time', (tag, text) => {
  expect(() => parseCertificates(ending(tag, text))).toThrow(X509SyntaxError)
})

test('broken certificates are an X509SyntaxError', () => {
  for (let index = 1; index < der.length; index++) {
    expect(() => parseCertificates(der.subarray(0, index))).toThrow(X509SyntaxError)
  }
})
