import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JsonObject, systemClock } from '@fairlead/apimachinery'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWebhookClient, type WebhookClient } from '../../webhook/webhook-client.ts'
import type { AuthorizationAttributes } from '../authorizer.ts'
import { attributesOf } from '../rbac/testing/policy.ts'
import { webhookAuthorizer, type WebhookAuthorizerOptions, webhookRuleResolver } from './webhook-authorizer.ts'

let server: Server
let client: WebhookClient
let asked: JsonObject[]
let answer: (review: JsonObject) => { readonly code?: number; readonly body: JsonObject | string }
let now: number

beforeEach(async () => {
  asked = []
  now = 0
  answer = ({ apiVersion, kind }) => ({
    body: { apiVersion, kind, status: { allowed: true, reason: 'so' } } as JsonObject,
  })
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const review = JSON.parse(text) as JsonObject
      asked.push(review)
      const { code = 200, body } = answer(review)
      response.writeHead(code, { 'content-type': 'application/json' })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/authorize`)
  client = createWebhookClient({ url, insecure: false, authorization: async () => undefined }, { timeout: 10_000 })
})
afterEach(() => {
  client.close()
  server.close()
})

function authorizer(options: Partial<WebhookAuthorizerOptions> = {}) {
  return webhookAuthorizer({
    client,
    version: 'v1',
    authorizedTtl: 300_000,
    unauthorizedTtl: 30_000,
    failurePolicy: 'NoOpinion',
    // Pauses between attempts pass at once.
    clock: {
      ...systemClock,
      now: () => now,
      after: (_delay, call) => {
        queueMicrotask(call)
        return () => undefined
      },
    },
    random: () => 0,
    ...options,
  })
}

const status = (fields: JsonObject) => {
  answer = ({ apiVersion, kind }) => ({ body: { apiVersion, kind, status: fields } as JsonObject })
}
const jane: AuthorizationAttributes = {
  ...attributesOf('jane(dev)', 'list pods.x.io/log', 'default'),
  fieldSelector: 'spec.nodeName=n1,status.phase!=Failed',
  labelSelector: 'a=b,c in (d,e),!f,g,h!=i',
}

test('asks with everything that a request says', async () => {
  expect(await authorizer()(jane)).toEqual({ decision: 'allow', reason: 'so' })
  expect(asked).toEqual([
    {
      kind: 'SubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {
        resourceAttributes: {
          namespace: 'default',
          verb: 'list',
          group: 'x.io',
          version: 'v1',
          resource: 'pods',
          subresource: 'log',
          fieldSelector: {
            requirements: [
              { key: 'spec.nodeName', operator: 'In', values: ['n1'] },
              { key: 'status.phase', operator: 'NotIn', values: ['Failed'] },
            ],
          },
          labelSelector: {
            requirements: expect.arrayContaining([
              { key: 'a', operator: 'In', values: ['b'] },
              { key: 'c', operator: 'In', values: ['d', 'e'] },
              { key: 'f', operator: 'DoesNotExist' },
              { key: 'g', operator: 'Exists' },
              { key: 'h', operator: 'NotIn', values: ['i'] },
            ]),
          },
        },
        user: 'jane',
        groups: ['dev', 'system:authenticated'],
      },
      status: { allowed: false },
    },
  ])
})

test('the older version says group, and paths go without a resource', async () => {
  await authorizer({ version: 'v1beta1' })({
    ...attributesOf('jane', 'get /metrics'),
    user: { name: 'jane', groups: ['a'], uid: '7', extra: { k: ['v'] } },
  })
  expect(asked[0]).toMatchObject({
    apiVersion: 'authorization.k8s.io/v1beta1',
    spec: {
      nonResourceAttributes: { path: '/metrics', verb: 'get' },
      user: 'jane',
      group: ['a'],
      uid: '7',
      extra: { k: ['v'] },
    },
  })
})

test.each<[JsonObject, object]>([
  [{ allowed: true }, { decision: 'allow', reason: '' }],
  [
    { allowed: false, reason: 'no' },
    { decision: 'no-opinion', reason: 'no' },
  ],
  [
    { allowed: false, denied: true, reason: 'never' },
    { decision: 'deny', reason: 'never' },
  ],
  [
    { allowed: true, denied: true },
    { decision: 'deny', error: new Error('webhook subject access review returned both allow and deny response') },
  ],
])('%j', async (fields, decision) => {
  status(fields)
  expect(await authorizer()(jane)).toMatchObject(decision)
})

test('answers are remembered for their time', async () => {
  const authorize = authorizer()
  await authorize(jane)
  now = 299_999
  await authorize(jane)
  expect(asked).toHaveLength(1)
  now = 300_000
  status({ allowed: false })
  await authorize(jane)
  now = 329_999
  await authorize(jane)
  expect(asked).toHaveLength(2)
  now = 330_000
  await authorize(jane)
  expect(asked).toHaveLength(3)
  await authorize({ ...jane, user: { name: 'joe', groups: [] } })
  expect(asked).toHaveLength(4)
})

test('what is not to be remembered is asked again', async () => {
  const authorize = authorizer({ authorizedTtl: 0 })
  await authorize(jane)
  await authorize(jane)
  expect(asked).toHaveLength(2)
  const large = { ...jane, name: 'x'.repeat(10_000) }
  const remembering = authorizer()
  await remembering(large)
  await remembering(large)
  expect(asked).toHaveLength(4)
})

test('an overloaded server is asked five times, others once', async () => {
  answer = () => ({ code: 429, body: 'busy' })
  await expect(authorizer()(jane)).rejects.toThrow('the server answered 429: busy')
  expect(asked).toHaveLength(5)
  answer = () => ({ code: 404, body: 'what?' })
  await expect(authorizer()(jane)).rejects.toThrow('the server answered 404: what?')
  expect(asked).toHaveLength(6)
  answer = () => ({ body: { apiVersion: 'v1', kind: 'Pod' } })
  await expect(authorizer()(jane)).rejects.toThrow('is no SubjectAccessReview of authorization.k8s.io/v1')
})

test('a failure denies where that is the policy', async () => {
  answer = () => ({ code: 400, body: 'x' })
  expect(await authorizer({ failurePolicy: 'Deny' })(jane)).toMatchObject({
    decision: 'deny',
    error: { message: 'the server answered 400: x' },
  })
})

test('its rules cannot be listed', async () => {
  expect(await webhookRuleResolver({ name: 'x', groups: [] }, 'y')).toMatchObject({
    incomplete: true,
    evaluationError: 'webhook authorizer does not support user rule resolution',
  })
})
