import { encodeBase64, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { beforeAll, describe, expect, test } from 'vitest'
import type { AuthorizationAttributes, Authorizer } from '../../authorization/authorizer.ts'
import { createRequest } from '../../certificates/testing/certificate-requests.ts'
import { failureOf } from '../../registry/testing/harness.ts'
import { createWarningRecorder } from '../../request/warning-headers.ts'
import type { AdmissionAttributes } from '../admission.ts'
import { createCertificateApproval } from './certificate-approval.ts'
import { createCertificateSigning } from './certificate-signing.ts'
import { createCertificateSubjectRestriction } from './certificate-subject-restriction.ts'

const csr = { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' }

function request(status: JsonObject = {}, spec: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'a' },
    spec: { signerName: 'example.com/signer', ...spec },
    status,
  }
}

function attributes(changes: Partial<AdmissionAttributes>): AdmissionAttributes {
  return {
    operation: 'UPDATE',
    kind: { group: csr.group, version: csr.version, kind: 'CertificateSigningRequest' },
    resource: csr,
    subresource: '',
    namespace: '',
    name: 'a',
    object: request(),
    oldObject: request(),
    options: {},
    dryRun: false,
    user: { name: 'jane', groups: ['g'] },
    warnings: createWarningRecorder(),
    ...changes,
  }
}

/** Allows by the name of the signer, and fails for those that are not decided. */
function authorizer(allowed: readonly string[], asked: AuthorizationAttributes[] = []): Authorizer {
  return async (question) => {
    asked.push(question)
    if (question.name === 'failing.com/signer') throw new Error('no answer')
    return { decision: allowed.includes(question.name) ? 'allow' : 'no-opinion' }
  }
}

describe.each([
  ['approve', 'approval', createCertificateApproval],
  ['sign', 'status', createCertificateSigning],
] as const)('to %s', (verb, subresource, create) => {
  const object = request({ conditions: [{ type: 'Failed', status: 'True' }] })

  test('asks for the signer by its name and by its domain', async () => {
    const asked: AuthorizationAttributes[] = []
    const plugin = create(authorizer([], asked))
    const failure = await failureOf(plugin.validate?.(attributes({ subresource, object })) ?? Promise.resolve())
    expect([failure.code, failure.message]).toEqual([
      403,
      `certificatesigningrequests.certificates.k8s.io "a" is forbidden: user not permitted to ${verb} requests with signerName "example.com/signer"`,
    ])
    const question = {
      user: { name: 'jane', groups: ['g'] },
      verb,
      isResourceRequest: true,
      path: '',
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
    }
    expect(asked).toEqual([
      { ...question, name: 'example.com/signer' },
      { ...question, name: 'example.com/*' },
    ])
  })

  test.each<[string, string, Partial<AdmissionAttributes>]>([
    ['by name', 'example.com/signer', {}],
    ['by domain', 'example.com/*', {}],
    ['the main endpoint', '', { subresource: '' }],
    ['another operation', '', { operation: 'CREATE' }],
    ['another resource', '', { resource: { ...csr, resource: 'podcertificaterequests' } }],
    ['another group', '', { resource: { ...csr, group: 'example.com' } }],
    ['domain after a failure', 'failing.com/*', { oldObject: request({}, { signerName: 'failing.com/signer' }) }],
  ])('%s passes', async (_what, allowed, changes) => {
    const plugin = create(authorizer([allowed]))
    await expect(plugin.validate?.(attributes({ subresource, object, ...changes }))).resolves.toBeUndefined()
  })

  test('the stored signer counts, not the one that is sent', async () => {
    const plugin = create(authorizer(['mine.com/signer']))
    const sent = request({ conditions: [{ type: 'Failed' }] }, { signerName: 'mine.com/signer' })
    await failureOf(plugin.validate?.(attributes({ subresource, object: sent })) ?? Promise.resolve())
  })
})

describe('to sign', () => {
  const stored = request({ certificate: 'AA==', conditions: [{ type: 'Approved', status: 'True' }] })
  const plugin = createCertificateSigning(authorizer([]))
  const sign = (object: KubeObject, oldObject: KubeObject) =>
    plugin.validate?.(attributes({ subresource: 'status', object, oldObject })) ?? Promise.resolve()

  test.each<[string, KubeObject, KubeObject]>([
    ['the same', stored, stored],
    ['other labels', { ...stored, metadata: { name: 'a', labels: { a: 'b' } } }, stored],
    ['nothing, in another way', request({ conditions: [] }), request({})],
  ])('%s needs no permission', async (_what, object, oldObject) => {
    await expect(sign(object, oldObject)).resolves.toBeUndefined()
  })

  test.each<[string, KubeObject, KubeObject]>([
    ['a certificate', request({ certificate: 'AA==' }), request({})],
    ['a condition', request({ conditions: [{ type: 'Failed', status: 'True' }] }), request({})],
    [
      'a change of a condition',
      request({ conditions: [{ type: 'A', message: 'b' }] }),
      request({ conditions: [{ type: 'A' }] }),
    ],
  ])('%s needs permission', async (_what, object, oldObject) => {
    expect((await failureOf(sign(object, oldObject))).code).toBe(403)
  })
})

describe('a request for a client certificate', () => {
  const restriction = createCertificateSubjectRestriction()
  const client = 'kubernetes.io/kube-apiserver-client'
  const pem: Record<string, string> = {}
  beforeAll(async () => {
    const text = (utf8String: string) => ({ utf8String })
    pem['masters'] = await createRequest({ subject: [{ O: [text('a')] }, { O: [text('system:masters')] }] })
    pem['others'] = await createRequest({
      subject: [{ O: [text('system:masters ')] }, { CN: [text('system:masters')] }],
    })
    pem['broken'] = 'hello'
  })
  const create = (signerName: string, kind: string, changes: Partial<AdmissionAttributes> = {}) => {
    const object = request({}, { signerName, request: encodeBase64(Buffer.from(pem[kind] ?? '')) })
    const { oldObject: _old, ...rest } = attributes({ operation: 'CREATE', object, ...changes })
    return restriction.validate?.(rest) ?? Promise.resolve()
  }

  test.each<[string, string, Partial<AdmissionAttributes>]>([
    [client, 'others', {}],
    ['kubernetes.io/kube-apiserver-client-kubelet', 'masters', {}],
    ['example.com/signer', 'broken', {}],
    [client, 'masters', { operation: 'UPDATE' }],
    [client, 'masters', { subresource: 'status' }],
  ])('of %s with a subject of %s passes: %j', async (signerName, kind, changes) => {
    await expect(create(signerName, kind, changes)).resolves.toBeUndefined()
  })

  test.each([
    ['masters', 'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed'],
    ['broken', 'failed to parse CSR: PEM block type must be CERTIFICATE REQUEST'],
  ])('with a subject of %s is refused', async (kind, reason) => {
    const failure = await failureOf(create(client, kind))
    expect([failure.code, failure.message]).toEqual([
      403,
      `certificatesigningrequests.certificates.k8s.io "a" is forbidden: ${reason}`,
    ])
  })
})
