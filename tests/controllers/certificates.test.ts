import { X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { type Client, createClient, type Transport } from '@fairlead/client'
import { createManager, createMetricsRegistry } from '@fairlead/controller-runtime'
import { addControllers, type ClusterSigning, selectControllers } from '@fairlead/controllers'
import { createManualClock } from '@fairlead/storage/testing'
import { defaultControlPlaneOptions } from 'fairlead'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createCertificateRequest,
  type RequestSubject,
  type TestCertificateRequest,
} from '../support/certificate-requests.ts'
import { startControllersProcess } from '../support/controllers-process.ts'
import { identityOf } from '../support/identities.ts'
import { type Credentials, readCredentials } from '../support/kubeconfig-credentials.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { requestAs } from '../support/request-as.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
let client: Client
let kubectl: Kubectl
let credentials: Credentials
beforeAll(async () => {
  controlPlane = await startTestControlPlane({
    controllers: ['csrapproving', 'csrsigning', 'csrcleaner'],
    authorization: { ...defaultControlPlaneOptions.authorization, modes: ['Node', 'RBAC'] },
    authentication: { ...defaultControlPlaneOptions.authentication, bootstrapTokens: true },
  })
  client = createClient(controlPlane.transport)
  kubectl = await kubectlFor(controlPlane, 'newest')
  credentials = await readCredentials(controlPlane.kubeconfig)
})
afterAll(() => controlPlane.stop())

const signers = {
  client: 'kubernetes.io/kube-apiserver-client',
  kubelet: 'kubernetes.io/kube-apiserver-client-kubelet',
  serving: 'kubernetes.io/kubelet-serving',
}
const clientUsages = ['client auth', 'digital signature']
const node: RequestSubject = { commonName: 'system:node:worker', organizations: ['system:nodes'] }

const requests = (as: Client = client) => as.resource('certificates.k8s.io/v1', 'certificatesigningrequests')

function signingRequest(name: string, { request }: TestCertificateRequest, spec: JsonObject): KubeObject {
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: { request: Buffer.from(request).toString('base64'), usages: clientUsages, ...spec },
  }
}

interface Status {
  readonly conditions?: readonly { readonly type: string; readonly reason?: string; readonly message?: string }[]
  readonly certificate?: string
}
const statusOf = async (name: string): Promise<Status> => ((await requests().get(name))['status'] ?? {}) as Status
const conditionsOf = async (name: string) =>
  ((await statusOf(name)).conditions ?? []).map(({ type, reason, message }) => ({ type, reason, message }))
const isIssued = async (name: string) => (await statusOf(name)).certificate !== undefined
const certificateOf = async (name: string) => Buffer.from((await statusOf(name)).certificate ?? '', 'base64').toString()

async function createSigningRequest(
  name: string,
  spec: JsonObject,
  subject: RequestSubject,
): Promise<TestCertificateRequest> {
  const made = createCertificateRequest(subject)
  await requests().create(signingRequest(name, made, spec))
  return made
}

/** Makes a user of the kubeconfig who comes with a certificate. */
async function setUser(name: string, certificate: string, key: string): Promise<void> {
  const path = (suffix: string) => join(controlPlane.folder, `${name}.${suffix}`)
  await Promise.all([writeFile(path('crt'), certificate), writeFile(path('key'), key)])
  await kubectl(
    'config',
    'set-credentials',
    name,
    `--client-certificate=${path('crt')}`,
    `--client-key=${path('key')}`,
    '--embed-certs=true',
  )
}

describe('a client certificate', () => {
  test('is asked for, approved, signed and used', async () => {
    const made = createCertificateRequest({ commonName: 'jane', organizations: ['dev', 'ops'], dnsNames: ['a.b'] })
    const object = signingRequest('jane', made, { signerName: signers.client, expirationSeconds: 3600 })
    expect(await kubectl.withInput(JSON.stringify(object), 'create', '-f', '-')).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane created\n',
    )
    const columns = async () => (await kubectl('get', 'csr', 'jane')).split('\n').map((line) => line.split(/ {2,}/))
    expect(await columns()).toEqual([
      ['NAME', 'AGE', 'SIGNERNAME', 'REQUESTOR', 'REQUESTEDDURATION', 'CONDITION'],
      ['jane', expect.stringMatching(/^\d+s$/), signers.client, 'kubernetes-admin', '60m', 'Pending'],
      [''],
    ])
    expect(await kubectl('certificate', 'approve', 'jane')).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane approved\n',
    )
    await kubectl('wait', '--for=jsonpath={.status.certificate}', 'csr/jane', '--timeout=30s')
    expect((await columns())[1]?.at(-1)).toBe('Approved,Issued')

    const certificate = new X509Certificate(await certificateOf('jane'))
    const { certificate: authority } = await identityOf(controlPlane, 'ca')
    expect(certificate.verify(new X509Certificate(authority).publicKey)).toBe(true)
    expect(certificate.subjectAltName).toBe('DNS:a.b')
    // Back-dated by five minutes.
    expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe((60 + 5) * 60_000)

    await setUser('jane', await certificateOf('jane'), made.key)
    const { userInfo } = JSON.parse(await kubectl('--user=jane', 'auth', 'whoami', '-o', 'json')).status
    expect(userInfo).toMatchObject({ username: 'jane', groups: ['dev', 'ops', 'system:authenticated'] })
    expect((await kubectl.run(['--user=jane', 'get', 'pods'])).stderr).toContain('User "jane" cannot list')
  })

  test('is denied, and that is final', async () => {
    await createSigningRequest('denied', { signerName: signers.client }, { commonName: 'joe' })
    expect(await kubectl('certificate', 'deny', 'denied')).toBe(
      'certificatesigningrequest.certificates.k8s.io/denied denied\n',
    )
    expect(await kubectl('get', 'csr', 'denied')).toMatch(/ Denied\n$/)
    const request = await requests().get('denied')
    const { conditions = [] } = request['status'] as { conditions?: JsonObject[] }
    const both = { ...request, status: { conditions: [...conditions, { type: 'Approved', status: 'True' }] } }
    await expect(requests().subresource('approval').update(both)).rejects.toThrow(
      'status.conditions: Invalid value: "Approved": Approved and Denied conditions are mutually exclusive',
    )
    await expect(
      requests()
        .subresource('approval')
        .update({ ...request, status: {} }),
    ).rejects.toThrow('updates may not remove a condition of type "Denied"')
    expect(await isIssued('denied')).toBe(false)
  })

  test('of the group that may do everything cannot be asked for', async () => {
    const subject = { commonName: 'joe', organizations: ['system:masters'] }
    await expect(createSigningRequest('masters', { signerName: signers.client }, subject)).rejects.toThrow(
      'certificatesigningrequests.certificates.k8s.io "masters" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    )
  })

  test('is for the key of who asks', async () => {
    const { request } = createCertificateRequest({ commonName: 'joe' })
    const forged = { request: request.replace(/..(?==*\n-----END)/, (last) => (last === 'AA' ? 'QQ' : 'AA')), key: '' }
    await expect(requests().create(signingRequest('forged', forged, { signerName: signers.client }))).rejects.toThrow(
      /^CertificateSigningRequest\.certificates\.k8s\.io "forged" is invalid: spec\.request: Invalid value: "[^"]+": x509: ECDSA verification failure$/,
    )
  })

  test.each<[string, JsonObject, RequestSubject, string]>([
    [
      'usages',
      { signerName: signers.client, usages: ['server auth'] },
      { commonName: 'joe' },
      'invalid usage for client certificate: server auth',
    ],
    [
      'organization',
      { signerName: signers.kubelet },
      { commonName: 'system:node:a', organizations: ['a'] },
      'subject organization is not system:nodes',
    ],
    ['names', { signerName: signers.kubelet }, { ...node, uris: ['a:b'] }, 'URI subjectAltNames are not allowed'],
    [
      'no names',
      { signerName: signers.serving, usages: ['server auth', 'digital signature'] },
      node,
      'DNS or IP subjectAltName is required',
    ],
  ])('is not signed for bad %s', async (what, spec, subject, message) => {
    const name = `bad-${what.replaceAll(' ', '-')}`
    await createSigningRequest(name, spec, subject)
    await kubectl('certificate', 'approve', name)
    await expect
      .poll(() => conditionsOf(name))
      .toEqual([
        {
          type: 'Approved',
          reason: 'KubectlApprove',
          message: 'This CSR was approved by kubectl certificate approve.',
        },
        { type: 'Failed', reason: 'SignerValidationFailure', message },
      ])
    expect(await kubectl('get', 'csr', name)).toMatch(/ Approved,Failed\n$/)
    expect(await isIssued(name)).toBe(false)
  })
})

describe('a kubelet', () => {
  const token = 'abcdef.0123456789abcdef'
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  const autoApproved = (self: string) => ({
    type: 'Approved',
    reason: 'AutoApproved',
    message: `Auto approving ${self}kubelet client certificate after SubjectAccessReview.`,
  })
  const bind = (role: string, group: string) =>
    kubectl('create', 'clusterrolebinding', role.replaceAll(':', '-'), `--clusterrole=${role}`, `--group=${group}`)

  test('gets its first certificate for a bootstrap token, and the next one for that certificate', async () => {
    await kubectl(
      '--namespace=kube-system',
      'create',
      'secret',
      'generic',
      'bootstrap-token-abcdef',
      '--type=bootstrap.kubernetes.io/token',
      '--from-literal=token-id=abcdef',
      '--from-literal=token-secret=0123456789abcdef',
      '--from-literal=usage-bootstrap-authentication=true',
    )
    await bind('system:node-bootstrapper', 'system:bootstrappers')
    const first = createCertificateRequest(node)
    const object = signingRequest('first', first, { signerName: signers.kubelet })
    const answer = await requestAs(credentials, undefined, path, {
      method: 'POST',
      body: object,
      headers: [['authorization', `Bearer ${token}`]],
    })
    expect([answer.status, answer.json.spec]).toMatchObject([
      201,
      {
        username: 'system:bootstrap:abcdef',
        groups: ['system:bootstrappers', 'system:authenticated'],
      },
    ])
    // It may ask, but nobody has said that it gets what it asks for. The controller goes on asking.
    await bind('system:certificates.k8s.io:certificatesigningrequests:nodeclient', 'system:bootstrappers')
    await expect.poll(() => isIssued('first')).toBe(true)
    expect(await conditionsOf('first')).toEqual([autoApproved('')])

    await setUser('worker', await certificateOf('first'), first.key)
    await bind('system:certificates.k8s.io:certificatesigningrequests:selfnodeclient', 'system:nodes')
    const next = signingRequest('next', createCertificateRequest(node), { signerName: signers.kubelet })
    await kubectl.withInput(JSON.stringify(next), '--user=worker', 'create', '-f', '-')
    await expect.poll(() => isIssued('next')).toBe(true)
    expect(await conditionsOf('next')).toEqual([autoApproved('self ')])
    expect((await requests().get('next'))['spec']).toMatchObject({ username: 'system:node:worker' })
  })

  test('gets a serving certificate when somebody approves it', async () => {
    const usages = ['server auth', 'digital signature', 'key encipherment']
    const subject = { ...node, dnsNames: ['worker.example.com'] }
    await createSigningRequest('serving', { signerName: signers.serving, usages }, subject)
    await kubectl('certificate', 'approve', 'serving')
    await expect.poll(() => isIssued('serving')).toBe(true)
    const certificate = new X509Certificate(await certificateOf('serving'))
    expect(certificate.checkHost('worker.example.com')).toBe('worker.example.com')
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })
})

describe('who may decide', () => {
  const as = ['--as=carl']
  beforeAll(async () => {
    await kubectl(
      'create',
      'clusterrole',
      'decider',
      '--verb=get,list,update',
      '--resource=certificatesigningrequests,certificatesigningrequests/approval,certificatesigningrequests/status',
    )
    await kubectl('create', 'clusterrolebinding', 'decider', '--clusterrole=decider', '--user=carl')
  })
  const grant = (verb: string, signer: string, name: string) =>
    client
      .resource('rbac.authorization.k8s.io/v1', 'clusterroles')
      .create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name },
        rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: [signer], verbs: [verb] }],
      })
      .then(() => kubectl('create', 'clusterrolebinding', name, `--clusterrole=${name}`, '--user=carl'))
  const spec = { signerName: 'example.com/signer' }

  test.each(['approve', 'deny'])('%s needs permission for the signer', async (action) => {
    await createSigningRequest(action, spec, { commonName: 'joe' })
    expect((await kubectl.run([...as, 'certificate', action, action])).stderr).toContain(
      `certificatesigningrequests.certificates.k8s.io "${action}" is forbidden: user not permitted to approve requests with signerName "example.com/signer"`,
    )
    expect(await conditionsOf(action)).toEqual([])
  })

  test('permission for the domain is enough', async () => {
    await createSigningRequest('granted', spec, { commonName: 'joe' })
    await grant('approve', 'example.com/*', 'approver')
    await kubectl(...as, 'certificate', 'approve', 'granted')
    expect(await conditionsOf('granted')).toMatchObject([{ type: 'Approved' }])
    // A signer that is not ours.
    expect(await isIssued('granted')).toBe(false)
  })

  test('signing needs permission for the signer, and is done once', async () => {
    const write = async (certificate: string) => {
      const request = await requests().get('granted')
      const next = { ...request, status: { ...(request['status'] as JsonObject), certificate } }
      return kubectl.run([...as, 'replace', '--subresource=status', '-f', '-'], { input: JSON.stringify(next) })
    }
    const certificate = Buffer.from(await certificateOf('jane')).toString('base64')
    expect((await write(certificate)).stderr).toContain(
      'user not permitted to sign requests with signerName "example.com/signer"',
    )
    await grant('sign', 'example.com/signer', 'signer')
    expect((await write(Buffer.from('x').toString('base64'))).stderr).toContain(
      'must contain at least one CERTIFICATE PEM block',
    )
    expect(await write(certificate)).toMatchObject({ code: 0 })
    const other = Buffer.from((await identityOf(controlPlane, 'ca')).certificate).toString('base64')
    expect((await write(other)).stderr).toContain('updates may not modify existing certificate content')
  })

  test('the spec does not change', async () => {
    const before = (await requests().get('granted'))['spec']
    await requests().update({ ...(await requests().get('granted')), spec: { signerName: signers.client, request: '' } })
    expect((await requests().get('granted'))['spec']).toEqual(before)
  })
})

/** Runs controllers of a manager of their own, and tells what they write. */
function runControllers(names: readonly string[], options: Parameters<typeof createClient>[1] = {}) {
  const writes: string[] = []
  const errors: string[] = []
  const transport: Transport = async (request) => {
    if (request.method !== 'GET') writes.push(`${request.method} ${request.path.split('?')[0]}`)
    return controlPlane.transport(request)
  }
  const metrics = createMetricsRegistry()
  const manager = createManager({
    client: createClient(controlPlane.transport, options),
    metrics,
    onError: (error, about) => errors.push(`${about}: ${String(error)}`),
  })
  const clusterSigning: ClusterSigning = {
    longestDuration: 3_600_000,
    authority() {
      throw new Error('nothing is signed here')
    },
  }
  addControllers(selectControllers(names), {
    manager,
    environment: { clusterSigning },
    clientFor: () => createClient(transport, options),
  })
  const stopping = new AbortController()
  const running = manager.run(stopping.signal)
  const stop = async () => {
    stopping.abort()
    await running
  }
  const synced = manager.informers.informer('certificates.k8s.io/v1', 'certificatesigningrequests').synced()
  return { writes, errors, metrics, synced, stop }
}

test('another pass over everything that is decided writes nothing', async () => {
  const names = selectControllers(['csrapproving', 'csrsigning']).map(({ name }) => name)
  const { items } = await requests().list()
  const { writes, errors, metrics, stop } = runControllers(names)
  for (const controller of names) {
    const done = `controller_runtime_reconcile_total{controller="${controller}",result="success"} ${items.length}\n`
    await expect.poll(() => metrics.render()).toContain(done)
  }
  await stop()
  expect(items.length).toBeGreaterThan(5)
  expect([writes, errors]).toEqual([[], []])
})

test('the cleaner deletes what is old, an hour after the other', async () => {
  await createSigningRequest('pending', { signerName: 'example.com/signer' }, { commonName: 'joe' })
  const all = async () => (await requests().list()).items.map(({ metadata }) => metadata.name ?? '')
  const undecided = ['approve', 'deny', 'pending']
  const clock = createManualClock(Date.now())
  const { writes, errors, synced, stop } = runControllers(['csrcleaner'], { clock })
  await synced
  const before = await all()
  expect(before).toEqual(expect.arrayContaining([...undecided, 'denied', 'jane', 'bad-usages']))
  // What is decided lasts an hour, and a look comes each hour.
  await expect
    .poll(async () => {
      if (clock.now() < Date.now() + 2 * 3_600_000) clock.advance(3_600_000)
      return await all()
    })
    .toEqual(undecided)
  await expect
    .poll(async () => {
      clock.advance(3_600_000)
      return await all()
    })
    .toEqual([])
  expect(clock.now()).toBeGreaterThan(Date.now() + 24 * 3_600_000)
  // What the informer has not seen go may be deleted again.
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
  expect(new Set(writes)).toEqual(new Set(before.map((name) => `DELETE ${path}/${name}`)))
  expect(errors).toEqual([])
  await stop()
})

test('a process of its own signs with the files that it is given', async () => {
  const other = await startTestControlPlane()
  const file = (name: string) => join(other.folder, 'pki', name)
  const controllers = startControllersProcess(other.kubeconfig, [
    '--controllers=csrsigning',
    '--leader-elect=false',
    '--secure-port=0',
    `--cluster-signing-cert-file=${file('front-proxy-ca.crt')}`,
    `--cluster-signing-key-file=${file('front-proxy-ca.key')}`,
    '--cluster-signing-duration=1h',
  ])
  try {
    await controllers.prints('controllers are running')
    const signing = requests(createClient(other.transport))
    const made = createCertificateRequest({ commonName: 'jane' })
    const created = await signing.create(signingRequest('jane', made, { signerName: signers.client }))
    const conditions = [{ type: 'Approved', status: 'True' }]
    await signing.subresource('approval').update({ ...created, status: { conditions } })
    const certificate = async () => ((await signing.get('jane'))['status'] as Status).certificate ?? ''
    await expect.poll(certificate).not.toBe('')
    const signed = new X509Certificate(Buffer.from(await certificate(), 'base64'))
    const { certificate: authority } = await identityOf(other, 'front-proxy-ca')
    expect(signed.verify(new X509Certificate(authority).publicKey)).toBe(true)
    expect(Date.parse(signed.validTo) - Date.parse(signed.validFrom)).toBe((60 + 5) * 60_000)
  } finally {
    await controllers.end('SIGTERM')
    await other.stop()
  }
})

test('nothing is signed where clients come with certificates of somebody else', async () => {
  const warnings: string[] = []
  const none = () => {}
  const logger = { debug: none, info: none, error: none, warn: (_: object, text: string) => void warnings.push(text) }
  const { certificate: clientCa } = await identityOf(controlPlane, 'front-proxy-ca')
  const other = await startTestControlPlane({ controllers: ['csrsigning'], clientCa }, { logger })
  await other.stop()
  expect(warnings).toEqual([
    expect.stringMatching(/^certificate signing requests are not signed: .*--cluster-signing-key-file\)$/),
    'a controller does not run: it lacks what it needs',
  ])
})
