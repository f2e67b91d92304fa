import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../tests/support/https-client.ts'
import { type Kubectl, kubectlFor } from '../tests/support/kubectl.ts'
import { requestAs } from '../tests/support/request-as.ts'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'
import { extensionChecks, prepared, runChecks } from './run-checks.ts'
import { betaApiService, endpointSlice, flunder, mutatingPolicyReader } from './sample-apiserver/manifests.ts'
import { type AuditEvent, startWardle, type Wardle } from './sample-apiserver/wardle.ts'

const programs = prepared['sample-apiserver']

/** The server says so in a Warning header of each answer in that version, which comes through. */
const deprecated = 'Warning: wardle.example.com/v1alpha1 Flunder is deprecated in v1.3+, unavailable in v1.10+\n'
const none = `${deprecated}No resources found in default namespace.\n`

describe.skipIf(programs === undefined)('the upstream sample-apiserver behind this server', () => {
  const [server = '', etcd = '', manifests = ''] = programs ?? []
  let controlPlane: TestControlPlane
  let kubectl: Kubectl
  let client: HttpsClient
  let wardle: Wardle

  const send = (object: object, ...args: string[]) => kubectl.withInput(JSON.stringify(object), ...args, '-f', '-')
  const attempt = (object: object, ...args: string[]) =>
    kubectl.run([...args, '-f', '-'], { input: JSON.stringify(object) })
  const available = (version: string) =>
    kubectl('wait', '--for=condition=Available', '--timeout=90s', 'apiservice', `${version}.wardle.example.com`)

  /** A kubeconfig for a ServiceAccount: a token, and no certificate. */
  async function kubeconfigOf(serviceAccount: string, namespace: string): Promise<string> {
    const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '-o', 'json'))
    config.users[0].user = { token: (await kubectl('create', 'token', serviceAccount, '-n', namespace)).trim() }
    const path = join(controlPlane.folder, `kubeconfig-of-${serviceAccount}`)
    await writeFile(path, JSON.stringify(config))
    return path
  }

  /** The newest request of a user that the server behind has answered. */
  async function eventOf(username: string): Promise<AuditEvent> {
    const find = async (): Promise<AuditEvent | undefined> =>
      (await wardle.auditEvents()).findLast(
        ({ user, objectRef, stage }) =>
          user.username === username && objectRef?.resource === 'flunders' && stage === 'ResponseComplete',
      )
    await expect.poll(find).toBeDefined()
    return (await find()) as AuditEvent
  }

  beforeAll(async () => {
    controlPlane = await startTestControlPlane({ controllers: ['namespace-controller'] })
    kubectl = await kubectlFor(controlPlane, 'newest')
    client = await httpsClient(controlPlane.kubeconfig)
    await kubectl('apply', '-f', join(manifests, 'ns.yaml'))
    await kubectl('apply', '-f', manifests)
    for (const object of mutatingPolicyReader) await send(object, 'apply')
    const kubeconfig = await kubeconfigOf('apiserver', 'wardle')
    wardle = await startWardle({ server, etcd }, controlPlane.folder, kubeconfig)
    await send(endpointSlice(wardle.port), 'apply')
    await available('v1alpha1')
  })
  afterAll(async () => {
    client.close()
    await wardle.stop()
    await controlPlane.stop()
  })

  test('gets ready: its informers, its CAs and its flow control all come from here', async () => {
    const text = await wardle.readyz()
    expect(text).toContain('[+]poststarthook/generic-apiserver-start-informers ok')
    expect(text).toContain('[+]poststarthook/priority-and-fairness-config-consumer ok')
    expect(text).toContain('[+]informer-sync ok')
    expect(text.trim().split('\n').at(-1)).toBe('readyz check passed')
  })

  test('is found well', async () => {
    expect(await kubectl('get', 'apiservice', 'v1alpha1.wardle.example.com', '--no-headers')).toMatch(
      /^v1alpha1\.wardle\.example\.com\s+wardle\/api\s+True\s+\d+s\n$/,
    )
    expect(await kubectl('api-versions')).toContain('wardle.example.com/v1alpha1\n')
    expect(await kubectl('api-resources', '--api-group=wardle.example.com', '-o', 'name')).toBe(
      'fischers.wardle.example.com\nflunders.wardle.example.com\n',
    )
  })

  test('the article: none, create, table, YAML, watch, delete, none', async () => {
    expect((await kubectl.run(['get', 'flunder'])).stderr).toBe(none)
    const watch = kubectl.follow('get', 'flunders', '--watch', '--output-watch-events', '--no-headers')
    expect(await send(flunder('sample'), 'create')).toBe('flunder.wardle.example.com/sample created\n')
    expect(await watch.next()).toMatch(/^ADDED +sample +\d{4}-\d\d-\d\dT[\d:]+Z$/)
    expect(await kubectl('get', 'flunder')).toMatch(/^NAME +CREATED AT\nsample +\d{4}-\d\d-\d\dT[\d:]+Z\n$/)
    const yaml = await kubectl('get', 'flunder', 'sample', '-o', 'yaml')
    expect(
      yaml
        .replace(/"\d{4}-[^"]+"/, 'TIME')
        .replace(/uid: .+/, 'uid: UID')
        .replace(/"\d+"/, 'REVISION'),
    ).toBe(`apiVersion: wardle.example.com/v1alpha1
kind: Flunder
metadata:
  creationTimestamp: TIME
  name: sample
  namespace: default
  resourceVersion: REVISION
  uid: UID
spec: {}
status: {}
`)
    expect(await kubectl('delete', 'flunder', 'sample')).toBe(
      'flunder.wardle.example.com "sample" deleted from default namespace\n',
    )
    expect(await watch.next()).toMatch(/^DELETED +sample /)
    await watch.stop()
    expect((await kubectl.run(['get', 'flunder'])).stderr).toBe(none)
  })

  test('apply on the client and on the server, wait, edit, describe, label', async () => {
    const named = (reference: string) => flunder('applied', { spec: { reference } })
    expect(await send(named('one'), 'apply')).toContain('created')
    expect(await send(named('one'), 'apply')).toContain('unchanged')
    expect(await send(named('two'), 'apply')).toContain('configured')
    expect(await send(flunder('owned', { spec: { reference: 'one' } }), 'apply', '--server-side')).toContain(
      'serverside-applied',
    )
    const other = await attempt(
      flunder('owned', { spec: { reference: 'two' } }),
      'apply',
      '--server-side',
      '--field-manager=other',
    )
    expect(other.stderr).toContain('Apply failed with 1 conflict: conflict with "kubectl": .spec.reference')
    const waiting = kubectl('wait', 'flunder/applied', '--for=jsonpath={.spec.reference}=three', '--timeout=60s')
    const editor = { KUBE_EDITOR: "sed -i 's/reference: two/reference: three/'" }
    expect((await kubectl.run(['edit', 'flunder', 'applied'], { env: editor })).stdout).toBe(
      'flunder.wardle.example.com/applied edited\n',
    )
    expect(await waiting).toBe('flunder.wardle.example.com/applied condition met\n')
    expect(await kubectl('describe', 'flunder', 'applied')).toMatch(
      /Reference Type: +Flunder\n *Reference: +three|Reference: +three\n *Reference Type: +Flunder/,
    )
    expect(await kubectl('label', 'flunder', 'applied', 'a=b')).toBe('flunder.wardle.example.com/applied labeled\n')
    expect(await kubectl('get', 'flunders', '-l', 'a=b', '-o', 'name')).toBe('flunder.wardle.example.com/applied\n')
    await kubectl('delete', 'flunders', '--all')
  })

  test('its documents are part of the documents here', async () => {
    expect(await kubectl('explain', 'flunder.spec.referenceType')).toMatch(
      /KIND: +Flunder[^]*FIELD: referenceType <string>/,
    )
    const { text } = await client.get('/openapi/v2')
    const document = JSON.parse(text) as { paths: object; definitions: Record<string, object> }
    expect(document.paths).toHaveProperty(['/apis/wardle.example.com/v1alpha1/namespaces/{namespace}/flunders'])
    const flunders = Object.values(document.definitions).filter((definition) =>
      JSON.stringify(definition).includes('"group":"wardle.example.com","kind":"Flunder"'),
    )
    expect(flunders).not.toEqual([])
  })

  test('its admission and its own objects: a banned name', async () => {
    const fischer = { apiVersion: 'wardle.example.com/v1alpha1', kind: 'Fischer', metadata: { name: 'no-evil' } }
    await send({ ...fischer, disallowedFlunders: ['evil'] }, 'create')
    await expect
      .poll(async () => (await attempt(flunder('evil'), 'create', '--dry-run=server')).stderr)
      .toBe(
        `${deprecated}Error from server (Forbidden): error when creating "STDIN": flunders.wardle.example.com "evil" is ` +
          'forbidden: this name may not be used, please change the resource name\n',
      )
  })

  test('its namespace lifecycle follows the namespaces here', async () => {
    expect((await attempt(flunder('lost'), 'create', '-n', 'nowhere')).stderr).toContain(
      'namespaces "nowhere" not found',
    )
  })

  test('it decides by the rights of the caller, whom it is told in full', async () => {
    await kubectl('create', 'serviceaccount', 'reader')
    const account = 'system:serviceaccount:default:reader'
    const reader = await kubectlFor({ ...controlPlane, kubeconfig: await kubeconfigOf('reader', 'default') }, 'newest')
    const refusal =
      `flunders.wardle.example.com is forbidden: User "${account}" cannot list resource "flunders" in API group ` +
      '"wardle.example.com" in the namespace "default"'
    expect((await reader.run(['get', 'flunders'])).stderr).toContain(refusal)
    // The same question to the server itself: it asks here who the owner of the token is and what that user may do.
    const direct = [`--server=https://127.0.0.1:${wardle.port}`, '--insecure-skip-tls-verify']
    expect((await reader.run(['get', 'flunders', ...direct])).stderr).toContain(refusal)

    await kubectl('create', 'role', 'flunder-reader', '--verb=list', '--resource=flunders.wardle.example.com')
    await kubectl('create', 'rolebinding', 'flunder-reader', '--role=flunder-reader', '--serviceaccount=default:reader')
    const reason = `RBAC: allowed by RoleBinding "flunder-reader/default" of Role "flunder-reader" to ServiceAccount "reader/default"`
    await expect.poll(async () => (await reader.run(['get', 'flunders', ...direct])).code).toBe(0)
    for (const way of [[], direct]) {
      expect((await reader.run(['get', 'flunders', ...way])).stderr).toContain('No resources found')
      expect(await eventOf(account)).toMatchObject({
        verb: 'list',
        user: {
          groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
          extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=/)] },
        },
        annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': reason },
      })
    }
  })

  test('odd names, groups and extra keys arrive as they are; claims of clients do not', async () => {
    const bytes = (text: string) => Buffer.from(text).toString('latin1')
    const groups = Array.from({ length: 300 }, (_, index) => `group ${index}, or so`)
    const { cert, key, ...address } = client.credentials
    const { status } = await requestAs(
      address,
      { certificate: cert.toString(), key: key.toString() },
      '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders',
      {
        headers: [
          ['impersonate-user', bytes('jörg 日本, 50% & co')],
          ...[...groups, 'system:masters'].map((group) => ['impersonate-group', group] as const),
          ['impersonate-extra-example.com%2fscopes', 'a, b'],
          ['impersonate-extra-example.com%2fscopes', bytes('ü')],
          ['impersonate-extra-n%C3%A4me%20%26%2050%25', 'x'],
          ['x-remote-user', 'mallory'],
          ['x-remote-group', 'made-up'],
          ['x-remote-extra-more', 'all'],
        ],
      },
    )
    expect(status).toBe(200)
    expect((await eventOf('jörg 日本, 50% & co')).user).toEqual({
      username: 'jörg 日本, 50% & co',
      groups: [...groups, 'system:masters', 'system:authenticated'],
      extra: { 'example.com/scopes': ['a, b', 'ü'], 'näme & 50%': ['x'] },
    })
  })

  test.skipIf(prepared['client-go'] === undefined)('client-go finds, maps, writes, watches and waits', async () => {
    const outcome = await runChecks(prepared['client-go'] ?? [], controlPlane.kubeconfig, 'extension')
    expect(extensionChecks.map(outcome)).toEqual(extensionChecks.map((check) => ({ check })))
  })

  test('both versions of an object, and its validation in the newer', async () => {
    await send(betaApiService, 'create')
    await available('v1beta1')
    await send(flunder('converted', { spec: { reference: 'other', referenceType: 'Flunder' } }), 'create')
    const newer = JSON.parse(await kubectl('get', 'flunders.v1beta1.wardle.example.com', 'converted', '-o', 'json'))
    expect([newer.apiVersion, newer.spec]).toEqual([
      'wardle.example.com/v1beta1',
      { flunderReference: 'other', referenceType: 'Flunder' },
    ])
    const spec = { flunderReference: 'a', fischerReference: 'b', referenceType: 'Flunder' }
    const both = { ...flunder('both', { spec }), apiVersion: 'wardle.example.com/v1beta1' }
    expect((await attempt(both, 'create')).stderr).toBe(
      'The Flunder "both" is invalid: spec.fischerReference: Invalid value: "b": cannot be set with flunderReference at the same time\n',
    )
    await kubectl('delete', 'flunders', '--all')
  })

  test('a restart: unavailable, then back with everything, and watches go on', { timeout: 180_000 }, async () => {
    await send(flunder('kept'), 'create')
    const path = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders'
    const { resourceVersion } = (await client.get(path)).json.metadata
    await wardle.stopServer()
    expect((await client.get(path)).status).toBe(503)
    await kubectl('annotate', 'apiservice', 'v1alpha1.wardle.example.com', 'look=again')
    await kubectl(
      'wait',
      '--for=jsonpath={.status.conditions[?(@.type=="Available")].reason}=FailedDiscoveryCheck',
      '--timeout=90s',
      'apiservice/v1alpha1.wardle.example.com',
    )
    expect((await client.get(path)).text).toBe('service unavailable\n')
    expect(await kubectl('get', 'namespaces', '-o', 'name')).toContain('namespace/default\n')

    await wardle.startServer()
    await available('v1alpha1')
    await available('v1beta1')
    const watch = await client.watch(`${path}?watch=true&resourceVersion=${resourceVersion}`)
    await send(flunder('later'), 'create')
    expect((await watch.next()).object.metadata.name).toBe('later')
    watch.close()
    expect(await kubectl('get', 'flunders.wardle.example.com', '-o', 'name')).toBe(
      'flunder.wardle.example.com/kept\nflunder.wardle.example.com/later\n',
    )
  })

  test('a namespace that is deleted takes its flunders along', async () => {
    await kubectl('create', 'namespace', 'passing')
    await send(flunder('passing'), 'create', '-n', 'passing')
    await kubectl('delete', 'namespace', 'passing', '--timeout=60s')
    await kubectl('create', 'namespace', 'passing')
    expect((await kubectl.run(['get', 'flunders', '-n', 'passing'])).stderr).toContain('No resources found')
  })

  test('without its APIServices the paths are gone', async () => {
    await kubectl('delete', 'apiservice', 'v1alpha1.wardle.example.com', 'v1beta1.wardle.example.com')
    const { status, text } = await client.get('/apis/wardle.example.com/v1alpha1/namespaces/default/flunders')
    expect([status, text]).toEqual([404, '404 page not found\n'])
    expect(await kubectl('api-versions')).not.toContain('wardle')
  })
})
