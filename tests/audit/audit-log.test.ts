import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { httpsClient } from '../support/https-client.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const bin = new URL('../../packages/fairlead/bin/fairlead.js', import.meta.url).pathname
const cleanups: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

/** A real `fairlead up` with an audit log; `output` is all that it has printed. */
async function startCommand(policy: string, flags: readonly string[] = []) {
  const folder = await temporaryFolder()
  cleanups.push(() => folder.remove())
  const path = (name: string) => join(folder.path, name)
  await writeFile(path('policy.yaml'), `apiVersion: audit.k8s.io/v1\nkind: Policy\n${policy}\n`)
  await writeFile(path('tokens.csv'), 't0p-s3cret,jane,1\n')
  const server = ['--secure-port', '0', '--storage', 'memory', '--data-dir', path('data'), '--log-level', 'trace']
  const files = ['--token-auth-file', path('tokens.csv'), '--audit-policy-file', path('policy.yaml')]
  const log = ['--audit-log-path', path('audit/audit.log')]
  // Controllers make requests of their own.
  const bare = ['--controllers', '']
  const child = spawn(process.execPath, [bin, 'up', ...bare, ...server, ...files, ...log, ...flags])
  const output: string[] = []
  child.stderr.on('data', (chunk) => output.push(String(chunk)))
  const ended = once(child, 'exit')
  cleanups.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  await new Promise<void>((resolve, reject) => {
    void ended.then(() => reject(new Error(`it ended: ${output.join('')}`)))
    createInterface(child.stdout).on('line', (line) => {
      output.push(line)
      if (line.includes('Ctrl-C')) resolve()
    })
  })
  const client = await httpsClient(path('data/kubeconfig'))
  cleanups.push(() => client.close())
  return {
    client,
    path,
    output,
    async stop() {
      client.close()
      child.kill('SIGTERM')
      await ended
    },
    events: async () =>
      (await readFile(path('audit/audit.log'), 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as AuditedEvent),
  }
}

interface AuditedEvent {
  readonly level: string
  readonly stage: string
  readonly requestURI: string
  readonly verb: string
  readonly objectRef?: {
    readonly resource: string
    readonly namespace?: string
    readonly name?: string
    readonly subresource?: string
  }
  readonly requestObject?: object
  readonly responseObject?: object
  readonly annotations?: Readonly<Record<string, string>>
}

const collection = '/api/v1/namespaces/default/secrets'
const secretValue = 'c3VwZXItc2VjcmV0LXZhbHVl'
const secret = (name: string) => ({ metadata: { name }, data: { password: secretValue }, type: 'Opaque' })

test('no secret reaches a log at Metadata, whatever is logged besides', async () => {
  const { client, output, path, events, stop } = await startCommand('rules: [{level: Metadata}]')
  await client.post(collection, secret('a'))
  await client.get(`${collection}/a`)
  await client.get(collection, { accept: 'application/vnd.kubernetes.protobuf' })
  await client.patch(`${collection}/a`, { data: { password: secretValue } }, 'merge')
  await client.put(`${collection}/a`, { ...secret('a'), stringData: { x: 'super-secret-value' } })
  await client.post(collection, { ...secret('!'), data: 'super-secret-value' })
  await client.get('/api', { authorization: 'Bearer t0p-s3cret' })
  await client.get('/api', { authorization: 'Bearer t0p-s3cret-but-wrong' })
  await client.delete(`${collection}/a`)
  await stop()
  const about = (await events()).filter(({ objectRef }) => objectRef?.resource === 'secrets')
  expect(about.map(({ verb, stage }) => `${verb} ${stage}`)).toEqual(
    ['create', 'get', 'list', 'patch', 'update', 'create', 'delete'].flatMap((verb) => [
      `${verb} RequestReceived`,
      `${verb} ResponseComplete`,
    ]),
  )
  expect(about[1]?.objectRef?.name).toBe('a')
  const written = output.join('') + (await readFile(path('audit/audit.log'), 'utf8'))
  expect(written.length).toBeGreaterThan(5_000)
  for (const text of [secretValue, 'super-secret-value', 't0p-s3cret']) expect(written).not.toContain(text)
}, 60_000)

test('events tell which requests were for versions that clients should leave', async () => {
  const { client, events, stop } = await startCommand('omitStages: [RequestReceived]\nrules: [{level: Metadata}]', [
    '--runtime-config',
    'networking.k8s.io/v1beta1=true',
  ])
  const paths = ['/api/v1/endpoints', '/apis/networking.k8s.io/v1beta1/ipaddresses', '/api/v1/configmaps']
  for (const path of paths) await client.get(`${path}?limit=7`)
  await stop()
  const all = await events()
  const [endpoints, addresses, configMaps] = paths.map(
    (path) => all.find(({ requestURI }) => requestURI === `${path}?limit=7`)?.annotations,
  )
  expect(endpoints).toMatchObject({ 'k8s.io/deprecated': 'true' })
  expect(endpoints).not.toHaveProperty(['k8s.io/removed-release'])
  expect(addresses).toMatchObject({ 'k8s.io/deprecated': 'true', 'k8s.io/removed-release': '1.37' })
  expect(configMaps).toBeDefined()
  expect(configMaps).not.toHaveProperty(['k8s.io/deprecated'])
}, 60_000)

test('bodies as they were sent and received, in whatever form', async () => {
  const { client, events, stop } = await startCommand(
    'omitStages: [RequestReceived]\nrules: [{level: Request, verbs: [delete, update]}, {level: RequestResponse, resources: [{resources: ["configmaps"]}]}]',
  )
  const maps = '/api/v1/namespaces/default/configmaps'
  const accept = 'application/vnd.kubernetes.protobuf'
  await client.post(`${maps}?fieldManager=x`, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'a' },
    data: { k: '<v>' },
  })
  await client.patch(`${maps}/a`, { data: { k: '2' } }, 'merge')
  await client.get(`${maps}/a`, { accept })
  const list = await client.get(maps, { accept })
  await client.get(maps, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
  await client.get(`${maps}/missing`)
  await client.delete(`${maps}/a`, { propagationPolicy: 'Background' })
  await stop()
  const seen = (await events()).filter(
    ({ objectRef }) => objectRef?.resource === 'configmaps' && objectRef.namespace === 'default',
  )
  const object = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'default' } }
  expect(seen).toMatchObject([
    {
      verb: 'create',
      requestObject: { ...object, metadata: { name: 'a' }, data: { k: '<v>' } },
      responseObject: object,
    },
    { verb: 'patch', requestObject: { data: { k: '2' } }, responseObject: { ...object, data: { k: '2' } } },
    { verb: 'get', responseObject: { ...object, data: { k: '2' } } },
    { verb: 'list', responseObject: { kind: 'ConfigMapList', apiVersion: 'v1' } },
    { verb: 'list', responseObject: { kind: 'Table', rows: [{ object: { metadata: { name: 'a' } } }] } },
    { verb: 'get', responseStatus: { reason: 'NotFound' }, responseObject: { kind: 'Status', code: 404 } },
    {
      verb: 'delete',
      level: 'Request',
      requestObject: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
      responseStatus: { metadata: {}, status: 'Success', details: { name: 'a', kind: 'configmaps' }, code: 200 },
    },
  ])
  expect(list.headers['content-type']).toBe(accept)
  expect(seen[6]).not.toHaveProperty('responseObject')
}, 60_000)

test('the log is put aside and compressed when it is full, without losing a line', async () => {
  const { client, path, stop } = await startCommand('rules: [{level: Metadata, omitStages: [RequestReceived]}]', [
    '--audit-log-maxsize',
    '1',
    '--audit-log-compress',
    '--audit-log-mode',
    'batch',
  ])
  const padding = 'x'.repeat(1000)
  const count = 1500
  for (let round = 0; round < count / 50; round++) {
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.get(`/version?n=${round * 50 + i}&${padding}`)))
  }
  await stop()
  const names = (await readdir(path('audit'))).toSorted()
  expect(names).toContain('audit.log')
  expect(names.length).toBeGreaterThan(1)
  const { gunzipSync } = await import('node:zlib')
  const texts = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(path(`audit/${name}`))
      return name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString()
    }),
  )
  expect(texts.join('').match(/"requestURI":"\/version\?n=/g)).toHaveLength(count)
}, 60_000)

const refused: readonly (readonly [flags: readonly string[], text: string])[] = [
  [['--audit-log-mode', 'x'], 'invalid audit log mode x, allowed modes are "batch,blocking,blocking-strict"'],
  [['--audit-log-format', 'xml'], 'invalid audit log format xml, allowed formats are "legacy,json"'],
  [['--audit-log-maxage', '-1'], "--audit-log-maxage -1 can't be a negative number"],
  [
    ['--audit-log-truncate-max-event-size', '0'],
    'invalid audit truncate log max event size 0, must be a positive number',
  ],
  [['--audit-log-version', 'audit.k8s.io/v1beta1'], 'invalid group version, allowed versions are ["audit.k8s.io/v1"]'],
  [['--audit-policy-file', '/missing'], 'loading audit policy file: failed to read file path "/missing"'],
  [['--audit-webhook-config-file', '/missing'], 'webhook configuration /missing'],
  [['--audit-log-maxsizes', '1'], "error: unknown option '--audit-log-maxsizes'\n(Did you mean --audit-log-maxsize?)"],
]

test.each(refused)(
  '%j is refused',
  async (flags, text) => {
    const folder = await temporaryFolder()
    cleanups.push(() => folder.remove())
    const policy = join(folder.path, 'policy.yaml')
    await writeFile(policy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n')
    const args = ['up', '--secure-port', '0', '--storage', 'memory', '--data-dir', join(folder.path, 'data')]
    const audit = ['--audit-log-path', join(folder.path, 'audit.log'), '--audit-policy-file', policy]
    const run = promisify(execFile)(process.execPath, [bin, ...args, ...audit, ...flags])
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(text) })
  },
  30_000,
)
