import { formatTimestamp } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import type { CertificateSigningRequest, SigningRequestStatus } from './certificate-signing-request.ts'
import { isOutdated } from './outdated-request.ts'

const now = Date.UTC(2030, 0, 2)
const minute = 60_000
const hour = 60 * minute

/** A certificate with just the fields that are read. */
function certificateUntil(time: number): string {
  const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
    const content = Buffer.concat(parts)
    return Buffer.concat([Buffer.of(tag, content.length), content])
  }
  const text = formatTimestamp(time).replaceAll(/[-:T]/g, '')
  const end = element(0x18, Buffer.from(text))
  const empty = element(0x30)
  const body = element(0x30, element(2, Buffer.of(1)), empty, empty, element(0x30, end, end), empty)
  const pem = `-----BEGIN CERTIFICATE-----\n${element(0x30, body).toString('base64')}\n-----END CERTIFICATE-----\n`
  return Buffer.from(pem).toString('base64')
}

function request(age: number, status?: SigningRequestStatus): CertificateSigningRequest {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'a', creationTimestamp: formatTimestamp(now - age) },
    spec: { request: '', signerName: 'example.com/signer' },
    ...(status === undefined ? {} : { status }),
  }
}
const condition = (type: string, age: number) => ({
  type,
  status: 'True',
  lastUpdateTime: formatTimestamp(now - age),
})
const current = certificateUntil(now + hour)
const expired = certificateUntil(now - 1000)
const broken = Buffer.from('hello').toString('base64')

test.each<[string, number, SigningRequestStatus | undefined]>([
  ['pending for a day', 24 * hour, undefined],
  ['pending, without conditions', 24 * hour, { conditions: [] }],
  ['denied for an hour', 99 * hour, { conditions: [condition('Denied', hour)] }],
  ['failed for an hour', 99 * hour, { conditions: [condition('Approved', hour), condition('Failed', hour)] }],
  ['approved for a day, not issued', 99 * hour, { conditions: [condition('Approved', 24 * hour)] }],
  ['issued for an hour', 99 * hour, { conditions: [condition('Approved', hour)], certificate: current }],
  ['issued, unreadable', 99 * hour, { conditions: [condition('Approved', hour)], certificate: broken }],
  ['without a time', 99 * hour, { conditions: [{ type: 'Denied', status: 'True' }] }],
  ['of another condition', 99 * hour, { conditions: [condition('Other', 99 * hour)] }],
  ['expired, not approved', 99 * hour, { conditions: [condition('Other', hour)], certificate: expired }],
])('%s stays', (_what, age, status) => {
  expect(isOutdated(request(age, status), now)).toBe(false)
})

test.each<[string, number, SigningRequestStatus | undefined]>([
  ['pending for longer than a day', 24 * hour + 1000, undefined],
  ['denied for longer than an hour', 2 * hour, { conditions: [condition('Denied', hour + 1000)] }],
  ['failed for longer than an hour', 2 * hour, { conditions: [condition('Failed', hour + 1000)] }],
  ['approved for longer than a day', 99 * hour, { conditions: [condition('Approved', 24 * hour + 1000)] }],
  ['issued long ago', 9 * hour, { conditions: [condition('Approved', hour + 1000)], certificate: current }],
  ['expired', hour, { conditions: [condition('Approved', minute)], certificate: expired }],
])('%s goes', (_what, age, status) => {
  expect(isOutdated(request(age, status), now)).toBe(true)
})
