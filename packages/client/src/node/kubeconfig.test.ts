import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inClusterAccess } from './in-cluster.ts'
import { loadKubeconfig } from './kubeconfig.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-kubeconfig-'))
})
afterAll(() => rm(folder, { recursive: true }))

const base64 = (text: string) => Buffer.from(text).toString('base64')
const config = (user: object, cluster: object = {}, context: object = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', ...context } }],
    'current-context': 'x',
  })

async function load(text: string, context?: string) {
  const path = join(folder, 'config')
  await writeFile(path, text)
  return await loadKubeconfig({ path, ...(context === undefined ? {} : { context }) })
}

describe('what is read', () => {
  test.each<[string, string, object]>([
    ['a token', config({ token: 't' }), { token: 't', server: 'https://127.0.0.1:6443', namespace: 'default' }],
    ['a password', config({ username: 'a', password: 'b' }), { username: 'a', password: 'b' }],
    [
      'certificates in the file',
      config(
        { 'client-certificate-data': base64('C'), 'client-key-data': base64('K') },
        { 'certificate-authority-data': base64('A') },
      ),
      { clientCertificate: 'C', clientKey: 'K', certificateAuthority: 'A' },
    ],
    ['a namespace', config({}, {}, { namespace: 'team' }), { namespace: 'team' }],
    [
      'TLS settings',
      config({}, { 'insecure-skip-tls-verify': true, 'tls-server-name': 'n' }),
      { insecureSkipTlsVerify: true, tlsServerName: 'n' },
    ],
    [
      'a command',
      config({
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'get-token',
          args: ['-x'],
          env: [{ name: 'A', value: 'B' }],
        },
      }),
      {
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: 'get-token',
          args: ['-x'],
          env: [{ name: 'A', value: 'B' }],
          provideClusterInfo: false,
        },
      },
    ],
    [
      'YAML',
      'apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {server: "https://h"}\ncontexts:\n- name: x\n  context: {cluster: c}\ncurrent-context: x\n',
      { server: 'https://h' },
    ],
  ])('%s', async (_title, text, access) => {
    expect(await load(text)).toMatchObject(access)
  })

  test('files beside the kubeconfig, relative to it', async () => {
    await writeFile(join(folder, 'ca.crt'), 'CA')
    const access = await load(config({ tokenFile: 'token' }, { 'certificate-authority': 'ca.crt' }))
    expect(access).toMatchObject({ certificateAuthority: 'CA', tokenFile: join(folder, 'token') })
  })

  test('several files: the first that says something about a name wins, absent ones are passed over', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    await writeFile(one, JSON.stringify({ users: [{ name: 'u', user: { token: 'first' } }] }))
    await writeFile(two, config({ token: 'second' }))
    const env = { KUBECONFIG: [join(folder, 'absent'), one, two].join(delimiter) }
    expect(await loadKubeconfig({ env })).toMatchObject({ token: 'first' })
  })
})

describe('what is refused', () => {
  test.each<[string, string, string | undefined, string]>([
    ['no current context', '{}', undefined, 'has no current-context'],
    ['a context that is not there', config({}), 'y', 'has no context "y"'],
    ['a cluster that is not there', config({}, {}, { cluster: 'z' }), undefined, 'has no cluster "z"'],
    ['a user that is not there', config({}, {}, { user: 'z' }), undefined, 'has no user "z"'],
    ['a server that is no URL', config({}, { server: 'nowhere' }), undefined, 'is "nowhere", no URL'],
    [
      'a proxy of another kind',
      config({}, { 'proxy-url': 'socks5://p' }),
      undefined,
      'proxy-url of cluster "c" is no http:// or https:// URL',
    ],
    ['an auth provider', config({ 'auth-provider': {} }), undefined, 'auth-provider of user "u" is not supported'],
    ['another kind', '{"kind":"Pod"}', undefined, 'is of kind Pod, not Config'],
    ['no mapping', '- a', undefined, 'is no mapping'],
    [
      'a CA that is not asked',
      config({}, { 'insecure-skip-tls-verify': true, 'certificate-authority-data': 'QQ==' }),
      undefined,
      'exclude each other',
    ],
    [
      'a certificate without its key',
      config({ 'client-certificate-data': 'QQ==' }),
      undefined,
      'needs both client-certificate and client-key',
    ],
    ['broken YAML', 'a: [', undefined, 'kubeconfig'],
    [
      'a certificate file that is not there',
      config({ 'client-certificate': 'nope.crt', 'client-key': 'nope.key' }),
      undefined,
      'cannot read client-certificate nope.crt',
    ],
  ])('%s', async (_title, text, context, problem) => {
    await expect(load(text, context)).rejects.toThrow(problem)
  })

  test('a file that is not there', async () => {
    await expect(loadKubeconfig({ path: join(folder, 'absent') })).rejects.toThrow('cannot read kubeconfig')
  })
})

describe('inside a pod', () => {
  test('the environment and the service account lead to the server', async () => {
    for (const [name, text] of [
      ['token', 't'],
      ['ca.crt', 'CA'],
      ['namespace', 'team\n'],
    ] as const)
      await writeFile(join(folder, name), text)
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
    expect(await inClusterAccess({ env, folder })).toEqual({
      server: 'https://[fd00::1]:443',
      certificateAuthority: 'CA',
      tokenFile: join(folder, 'token'),
      namespace: 'team',
    })
  })

  test('elsewhere there is no such configuration', async () => {
    await expect(inClusterAccess({ env: {}, folder })).rejects.toThrow('unable to load in-cluster configuration')
  })
})
