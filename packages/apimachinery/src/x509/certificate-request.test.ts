import { describe, expect, test } from 'vitest'
import { parseCertificateRequest } from './certificate-request.ts'
import { commonNameOf, nameValues, organizationsOf } from './distinguished-name.ts'
import { pemBlocks } from './pem.ts'
import { X509SyntaxError } from './syntax-error.ts'

const named = `-----BEGIN CERTIFICATE REQUEST-----
MIIBbzCCARYCAQAwUTEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMQ8wDQYDVQQKDAZz
ZWNvbmQxDjAMBgNVBAMMBWZpcnN0MRcwFQYDVQQDDA5zeXN0ZW06bm9kZTrDpDBZ
MBMGByqGSM49AgEGCCqGSM49AwEHA0IABBLwdBto0rTABEMZo71X/Sa9zEnUilQv
NZm4nfUgg8CTdYBFiRdhKXCIw8X0JEf44OH50nAVRzpDmTBLGACnRSSgYzBhBgkq
hkiG9w0BCQ4xVDBSMFAGA1UdEQRJMEeCDWEuZXhhbXBsZS5jb22CAWKHBAoAAAGH
ECABDbgAAAAAAAAAAAAAAAGBDXhAZXhhbXBsZS5jb22GDHNwaWZmZTovL2EvYjAK
BggqhkjOPQQDAgNHADBEAiB7bPOTKny+Sd8WiSyv5iEAD6eVs8q+Mzn0GsBnoc84
egIgfDPYbIzwnGWQg/c3IHz1cuepqp+izj/br2nzqlG63kY=
-----END CERTIFICATE REQUEST-----`
const plain = `-----BEGIN CERTIFICATE REQUEST-----
MIHJMHICAQAwEDEOMAwGA1UEAwwFcGxhaW4wWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAAQS8HQbaNK0wARDGaO9V/0mvcxJ1IpULzWZuJ31IIPAk3WARYkXYSlwiMPF
9CRH+ODh+dJwFUc6Q5kwSxgAp0UkoAAwCgYIKoZIzj0EAwIDRwAwRAIgSXLjMLiv
WiZi5CVd6cZTTqCavxrA3VVucEq1f7DDGGACIHeQS/sDgFJp4A9UBFGqyvXhWIqw
N0RUxCKj9ZyfThg1
-----END CERTIFICATE REQUEST-----`

const bytes = (text: string) => new TextEncoder().encode(text)
const derOf = (pem: string) => pemBlocks(bytes(pem))[0]?.bytes ?? new Uint8Array()
const pemOf = (der: Uint8Array, label = 'CERTIFICATE REQUEST') =>
  bytes(`-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64')}\n-----END ${label}-----\n`)

test('a request tells who asks, for which key and names', () => {
  const request = parseCertificateRequest(bytes(named))
  expect(commonNameOf(request.subject)).toBe('system:node:ä')
  expect(nameValues(request.subject, '2.5.4.3')).toEqual(['first', 'system:node:ä'])
  expect(organizationsOf(request.subject)).toEqual(['system:nodes', 'second'])
  expect(request).toMatchObject({
    dnsNames: ['a.example.com', 'b'],
    emailAddresses: ['x@example.com'],
    ipAddresses: ['10.0.0.1', '2001:db8::1'],
    uris: ['spiffe://a/b'],
    isRsa: false,
  })
})

test('a request without names and attributes', () => {
  const request = parseCertificateRequest(bytes(plain))
  expect(request).toMatchObject({ dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] })
  expect(organizationsOf(request.subject)).toEqual([])
})

describe('what is refused', () => {
  const der = derOf(named)
  /** The request with an ASCII text replaced by one of the same length. */
  const altered = (from: string, to: string) =>
    pemOf(Buffer.from(Buffer.from(der).toString('latin1').replace(from, to), 'latin1'))

  test.each<[string, Uint8Array, string]>([
    ['nothing', bytes(''), 'PEM block type must be CERTIFICATE REQUEST'],
    ['no PEM', bytes('hello'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['a certificate', pemOf(der, 'CERTIFICATE'), 'PEM block type must be CERTIFICATE REQUEST'],
    ['an empty block', pemOf(new Uint8Array()), 'asn1: syntax error: data truncated'],
    ['a request that is cut short', pemOf(der.subarray(0, 100)), 'asn1: syntax error: data truncated'],
    ['something behind the request', pemOf(Buffer.concat([der, Buffer.of(5, 0)])), 'asn1: syntax error: trailing data'],
    ['an empty sequence', pemOf(Buffer.of(0x30, 0)), 'asn1: structure error: sequence truncated'],
    ['an indefinite length', pemOf(Buffer.of(0x30, 0x80)), 'asn1: syntax error: indefinite length found (not DER)'],
    ['a length that is not minimal', pemOf(Buffer.of(0x30, 0x81, 1, 0)), 'asn1: structure error: non-minimal length'],
    ['another type', pemOf(Buffer.of(0x31, 0)), 'asn1: structure error: tag 48 expected, tag 49 found'],
    ['a DNS name beyond ASCII', altered('a.example.com', 'a.ex\xe4mple.com'), 'x509: SAN dNSName is malformed'],
    [
      'a URI beyond ASCII',
      altered('spiffe://a/b', 'spiffe://\xe4/b'),
      'x509: SAN uniformResourceIdentifier is malformed',
    ],
    ['a subject that is not UTF-8', altered('second', 'sec\xffnd'), 'asn1: syntax error: invalid UTF-8 string'],
  ])('%s', (_what, pem, message) => {
    expect(() => parseCertificateRequest(pem)).toThrow(new X509SyntaxError(message))
  })

  test('any cut or changed byte is an X509SyntaxError or a request, never another error', () => {
    for (let index = 0; index < der.length; index++) {
      for (const changed of [
        der.subarray(0, index),
        der.with(index, 0xff),
        der.with(index, 0x80),
        der.with(index, 0),
      ]) {
        try {
          parseCertificateRequest(pemOf(changed))
        } catch (error) {
          expect(error).toBeInstanceOf(X509SyntaxError)
        }
      }
    }
  })
})
