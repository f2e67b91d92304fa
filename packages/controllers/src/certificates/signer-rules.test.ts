import type { CertificateRequest } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { signerNames, signerRule } from './signer-rules.ts'

const none = new Uint8Array()
const node: CertificateRequest = {
  subject: [
    { type: '2.5.4.10', value: 'system:nodes' },
    { type: '2.5.4.3', value: 'system:node:a' },
  ],
  dnsNames: [],
  emailAddresses: [],
  ipAddresses: [],
  uris: [],
  publicKey: none,
  isRsa: false,
  signedBytes: none,
  signatureAlgorithm: { tag: 0x30, content: none, encoding: none },
  signature: none,
}
const named: CertificateRequest = { ...node, dnsNames: ['a'] }
const subject = (...attributes: readonly (readonly [string, string])[]) =>
  attributes.map(([type, value]) => ({ type, value }))
const [client, server, signature, encipherment] = [
  'client auth',
  'server auth',
  'digital signature',
  'key encipherment',
] as const

type Row = readonly [string, readonly string[], CertificateRequest, string | undefined]

const notNodes = 'subject organization is not system:nodes'
const notNode = 'subject common name does not begin with system:node:'

describe('kube-apiserver-client-kubelet', () => {
  const usages = [client, signature, encipherment]
  const mismatch = 'usages did not match [client auth digital signature key encipherment]'
  test.each<Row>([
    ['all usages', usages, node, undefined],
    ['usages in another order, twice', [signature, client, client], node, undefined],
    ['no usages', [], node, mismatch],
    ['a usage too few', [client, encipherment], node, mismatch],
    ['a usage too many', [...usages, server], node, mismatch],
    ['another usage', [server, signature], node, mismatch],
    ['no organization', usages, { ...node, subject: subject(['2.5.4.3', 'system:node:a']) }, notNodes],
    ['two organizations', usages, { ...node, subject: [...node.subject, ...subject(['2.5.4.10', 'b'])] }, notNodes],
    ['another organization', usages, { ...node, subject: subject(['2.5.4.10', 'system:masters']) }, notNodes],
    ['no common name', usages, { ...node, subject: subject(['2.5.4.10', 'system:nodes']) }, notNode],
    [
      'another last common name',
      usages,
      { ...node, subject: [...node.subject, ...subject(['2.5.4.3', 'b'])] },
      notNode,
    ],
    ['a DNS name', usages, named, 'DNS subjectAltNames are not allowed'],
    ['an email address', usages, { ...node, emailAddresses: ['a'] }, 'Email subjectAltNames are not allowed'],
    ['an address', usages, { ...node, ipAddresses: ['::1'] }, 'IP subjectAltNames are not allowed'],
    ['a URI', usages, { ...node, uris: ['a:b'] }, 'URI subjectAltNames are not allowed'],
  ])('%s', (_what, given, request, problem) => {
    expect(signerRule(signerNames.kubeletClient)?.(request, given)).toBe(problem)
  })
})

describe('kubelet-serving', () => {
  const usages = [server, signature, encipherment]
  const mismatch = 'usages did not match [digital signature key encipherment server auth]'
  test.each<Row>([
    ['a DNS name', usages, named, undefined],
    ['an address', [server, signature], { ...node, ipAddresses: ['::1'] }, undefined],
    ['no names', usages, node, 'DNS or IP subjectAltName is required'],
    ['an email address', usages, { ...named, emailAddresses: ['a'] }, 'Email subjectAltNames are not allowed'],
    ['a URI', usages, { ...named, uris: ['a:b'] }, 'URI subjectAltNames are not allowed'],
    ['client auth', [client, signature], named, mismatch],
    ['server auth alone', [server], named, mismatch],
    ['another organization', usages, { ...named, subject: subject(['2.5.4.10', 'a']) }, notNodes],
    ['no common name', usages, { ...named, subject: subject(['2.5.4.10', 'system:nodes']) }, notNode],
  ])('%s', (_what, given, request, problem) => {
    expect(signerRule(signerNames.kubeletServing)?.(request, given)).toBe(problem)
  })
})

describe('kube-apiserver-client', () => {
  test.each<Row>([
    ['client auth alone', [client], named, undefined],
    ['all optional usages', [encipherment, client, signature], node, undefined],
    ['no usages', [], node, 'missing required usage for client certificate: client auth'],
    ['no client auth', [signature], node, 'missing required usage for client certificate: client auth'],
    ['server auth', [client, server], node, 'invalid usage for client certificate: server auth'],
    ['cert sign', ['cert sign', client], node, 'invalid usage for client certificate: cert sign'],
  ])('%s', (_what, given, request, problem) => {
    expect(signerRule(signerNames.apiServerClient)?.(request, given)).toBe(problem)
  })
})

test('legacy-unknown takes everything, and other signers are not ours', () => {
  expect(signerRule(signerNames.legacyUnknown)?.(named, ['cert sign'])).toBeUndefined()
  for (const name of ['kubernetes.io/other', 'example.com/signer', 'toString', '']) {
    expect(signerRule(name)).toBeUndefined()
  }
})
