import { builtinResources } from '@fairlead/api'
import { encodeBase64, fieldErrorMessage, type KubeObject, pemBlocks, systemClock } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { describeCertificateRequests } from './describe-certificate-requests.ts'
import { createRequest } from './testing/certificate-requests.ts'

const before = builtinResources()
const described = describeCertificateRequests(before)
const context = { clock: systemClock, namespace: '', user: { name: 'jane', groups: [] } }

function problems(request: string): readonly string[] {
  const description = described.find(({ resource }) => resource === 'certificatesigningrequests')
  const object: KubeObject = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'a' },
    spec: { request: encodeBase64(Buffer.from(request)), signerName: 'example.com/a', usages: ['any'] },
  }
  const shown = JSON.stringify((object['spec'] as { request: string }).request)
  return (description?.strategy.validateCreate(object, context) ?? []).map((error) =>
    fieldErrorMessage(error).replace(shown, '…'),
  )
}

function pemOf(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE REQUEST-----\n${encodeBase64(der)}\n-----END CERTIFICATE REQUEST-----\n`
}

test('a request must be one, and be signed with its key', async () => {
  const request = await createRequest()
  const der = pemBlocks(Buffer.from(request))[0]?.bytes ?? new Uint8Array()
  expect(problems(request)).toEqual([])
  expect(problems(pemOf(der.with(-1, (der.at(-1) ?? 0) ^ 1)))).toEqual([
    'spec.request: Invalid value: …: x509: ECDSA verification failure',
  ])
  expect(problems(pemOf(der.subarray(0, 100)))).toEqual([
    'spec.request: Invalid value: …: asn1: syntax error: data truncated',
  ])
  expect(problems('')).toEqual(['spec.request: Invalid value: …: PEM block type must be CERTIFICATE REQUEST'])
})

test('other resources stay as they are', () => {
  expect(described).toHaveLength(before.length)
  expect(
    described.filter((description, index) => description !== before[index]).map(({ resource }) => resource),
  ).toEqual(['certificatesigningrequests'])
})
