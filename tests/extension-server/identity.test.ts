import { once } from 'node:events'
import { defineKind, type RunningServer, s, serve } from '@fairlead/extension-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { requestAs } from '../support/request-as.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

/** Tells every caller who it is to the server behind. */
const Mirror = defineKind({
  group: 'mirrors.example.com',
  version: 'v1',
  kind: 'Mirror',
  namespaced: false,
  schema: s.object({ spec: s.object({}) }),
  subresources: {
    connect: {
      whoami: {
        verbs: ['get'],
        handle: ({ user }) => ({ status: 200, headers: {}, body: JSON.stringify(user) }),
        webSocket: { talk: ({ send }, { user }) => send(JSON.stringify(user)) },
      },
    },
  },
})
const path = '/apis/mirrors.example.com/v1/mirrors/a/whoami'

let controlPlane: TestControlPlane
let client: HttpsClient
let server: RunningServer

beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  client = await httpsClient(controlPlane.kubeconfig)
  server = await serve({ kinds: [Mirror], kubeconfig: controlPlane.kubeconfig })
  const selector = encodeURIComponent('metadata.name=v1.mirrors.example.com')
  const watch = await client.watch(`/apis/apiregistration.k8s.io/v1/apiservices?watch=true&fieldSelector=${selector}`)
  await watch.until(({ object }) => JSON.stringify(object.status).includes('"True"'))
  watch.close()
  const mirror = { apiVersion: 'mirrors.example.com/v1', kind: 'Mirror', metadata: { name: 'a' }, spec: {} }
  expect((await client.post('/apis/mirrors.example.com/v1/mirrors', mirror)).status).toBe(201)
})
afterAll(async () => {
  client.close()
  await server.stop()
  await controlPlane.stop()
})

interface User {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** Group members that every row has: one that may do everything, and the one of everybody. */
const masters = ['system:masters', 'system:authenticated']

const users: readonly (readonly [string, User])[] = [
  ['commas, percent signs and spaces', { name: 'jane, 50% & co', groups: ['a, b', 'c=d; e', '100%'] }],
  ['other alphabets', { name: 'jörg 日本 🦊', groups: ['grün', 'Ω'], extra: { scopes: ['ü', '日本'] } }],
  [
    'odd extra keys',
    {
      name: 'jane',
      groups: [],
      extra: {
        'example.com/scopes': ['a, b', 'c'],
        näme: ['x'],
        'key with spaces & 50%': ['y'],
        "tilde~pipe|tick'": ['z'],
        'equals=colon:': ['v'],
      },
    },
  ],
  ['many groups', { name: 'jane', groups: Array.from({ length: 300 }, (_, index) => `group-${index}`) }],
  [
    'many values of one key',
    { name: 'jane', groups: [], extra: { many: Array.from({ length: 50 }, (_, n) => `${n}`) } },
  ],
  ['a uid', { name: 'jane', uid: '0b5f, 1', groups: [] }],
  [
    'a name that looks like another header',
    { name: 'x-remote-group: system:masters', groups: ['x-remote-user: root'] },
  ],
]

/** Headers carry bytes; Node takes one character a byte. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1')

/** What an administrator sends to be taken for a user. */
function impersonate({ name, uid, groups, extra = {} }: User): [string, string][] {
  return [
    ['impersonate-user', bytes(name)],
    ...(uid === undefined ? [] : [['impersonate-uid', uid] satisfies [string, string]]),
    ...[...groups, masters[0] ?? ''].map((group) => ['impersonate-group', bytes(group)] satisfies [string, string]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map(
        (value) =>
          [`impersonate-extra-${encodeURIComponent(key).replaceAll("'", '%27')}`, bytes(value)] satisfies [
            string,
            string,
          ],
      ),
    ),
  ]
}

const claims: readonly (readonly [string, string])[] = [
  ['x-remote-user', 'mallory'],
  ['X-Remote-Group', 'made-up'],
  ['x-remote-uid', '0'],
  ['X-REMOTE-EXTRA-scopes', 'all'],
  ['x-remote-extra-%6dore', 'all'],
]

describe.each(users)('%s', (_, user) => {
  const seen = { ...user, groups: [...user.groups, ...masters] }

  test.each([
    ['arrive', []],
    ['arrive whatever the client claims', claims],
  ])('%s', async (_title, more) => {
    const { cert, key, ...address } = client.credentials
    const identity = { certificate: cert.toString(), key: key.toString() }
    const headers = [...impersonate(user), ...more]
    const answer = await requestAs(address, identity, path, { headers })
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, seen])
  })

  test.each([
    ['arrive with an upgrade', []],
    ['arrive with an upgrade whatever the client claims', claims],
  ])('%s', async (_title, more) => {
    const { host, port, ca, cert, key } = client.credentials
    const headers: Record<string, string[]> = {}
    for (const [name, value] of [...impersonate(user), ...more]) (headers[name] ??= []).push(value)
    const socket = new WebSocket(`wss://${host}:${port}${path}`, {
      ca,
      cert,
      key,
      headers: headers as unknown as Record<string, string>,
    })
    const [message] = (await once(socket, 'message')) as [Buffer]
    expect(JSON.parse(message.toString())).toEqual(seen)
    socket.terminate()
  })
})
