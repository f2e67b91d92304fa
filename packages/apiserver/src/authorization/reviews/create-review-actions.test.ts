import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { commonAudiences } from '../../authentication/audiences.ts'
import type { UserInfo } from '../../authentication/user-info.ts'
import { AbortSource } from '../../request/abort-source.ts'
import { createContext } from '../../request/create-context.ts'
import { parseRequestInfo } from '../../request/parse-request-info.ts'
import { testRequest } from '../../request/testing/request.ts'
import { createWarningRecorder } from '../../request/warning-headers.ts'
import type { AuthorizationAttributes } from '../authorizer.ts'
import { createReviewActions } from './create-review-actions.ts'

const asked: AuthorizationAttributes[] = []
const actions = createReviewActions({
  authorizer: (attributes) => {
    asked.push(attributes)
    if (attributes.verb === 'fail') throw new Error('out of order')
    if (attributes.verb === 'delete') return { decision: 'deny', reason: 'never' }
    return attributes.user.name === 'root' ? { decision: 'allow' } : { decision: 'no-opinion' }
  },
  tokenAuthenticator: async (token, wanted = ['api']) => {
    if (token === 'expired') throw new Error('token has expired')
    if (token === 'theirs') return { user: { name: 'them', groups: [] }, audiences: ['theirs'] }
    if (token !== 'good') return undefined
    const audiences = commonAudiences(wanted, ['api'])
    const user = { name: 'jane', uid: '1', groups: ['dev'], extra: { k: ['v'] } }
    return audiences.length === 0 ? undefined : { user, audiences }
  },
  audiences: ['api'],
})

async function perform(
  resource: string,
  spec: JsonObject,
  options: { namespace?: string; metadata?: JsonObject; user?: UserInfo } = {},
): Promise<KubeObject> {
  const request = testRequest({ method: 'POST', target: `/apis/authorization.k8s.io/v1/${resource}` })
  const context = createContext({
    request,
    info: parseRequestInfo(request),
    auditId: '',
    receivedAt: 0,
    warnings: createWarningRecorder(),
    user: options.user ?? { name: 'root', groups: ['system:masters'] },
    abort: new AbortSource(),
  })
  const object = { kind: 'Review', apiVersion: 'authorization.k8s.io/v1', metadata: options.metadata ?? {}, spec }
  const admitted: string[] = []
  const action = actions.get(resource)
  if (action === undefined) throw new Error(`no action for ${resource}`)
  const answer = await action.perform(context, { namespace: options.namespace ?? '', name: '' }, object, {
    dryRun: false,
    admit: {
      mutate: async () => void admitted.push('mutate'),
      validate: async () => void admitted.push('validate'),
    },
  })
  expect(admitted).toEqual(['mutate', 'validate'])
  return answer
}

const message = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'nothing was thrown',
    (error: { code: number; message: string }) => `${error.code} ${error.message}`,
  )

describe('access reviews', () => {
  test('of oneself', async () => {
    const spec = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'x', name: 'y', group: 'g' } }
    expect(await perform('selfsubjectaccessreviews', spec)).toEqual({
      kind: 'Review',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec,
      status: { allowed: true },
    })
    expect(asked.at(-1)).toEqual({
      user: { name: 'root', groups: ['system:masters'] },
      verb: 'get',
      isResourceRequest: true,
      path: '',
      group: 'g',
      version: '*',
      resource: 'pods',
      subresource: '',
      namespace: 'x',
      name: 'y',
    })
  })

  test('of somebody else, about a path', async () => {
    const spec = {
      user: 'jane',
      uid: '7',
      groups: ['dev'],
      extra: { scopes: ['a'] },
      nonResourceAttributes: { verb: 'get', path: '/metrics' },
    }
    expect((await perform('subjectaccessreviews', spec))['status']).toEqual({ allowed: false })
    expect(asked.at(-1)).toMatchObject({
      user: { name: 'jane', uid: '7', groups: ['dev'], extra: { scopes: ['a'] } },
      isResourceRequest: false,
      path: '/metrics',
    })
  })

  test('denial and failure', async () => {
    const attributes = (verb: string) => ({ resourceAttributes: { verb } })
    expect((await perform('selfsubjectaccessreviews', attributes('delete')))['status']).toEqual({
      allowed: false,
      denied: true,
      reason: 'never',
    })
    expect((await perform('selfsubjectaccessreviews', attributes('fail')))['status']).toEqual({
      allowed: false,
      evaluationError: 'out of order',
    })
  })

  const selectors: readonly (readonly [JsonObject, string | undefined, string | undefined, string | undefined])[] = [
    [{ fieldSelector: { rawSelector: 'a=b,c!=d' } }, 'a=b,c!=d', undefined, undefined],
    [{ labelSelector: { rawSelector: 'a in (b)' } }, undefined, 'a in (b)', undefined],
    [
      { fieldSelector: { rawSelector: 'a' } },
      undefined,
      undefined,
      'spec.resourceAttributes.fieldSelector ignored due to parse error',
    ],
    [
      {
        fieldSelector: {
          requirements: [
            { key: 'a', operator: 'In', values: ['b'] },
            { key: 'c', operator: 'Exists' },
          ],
        },
      },
      'a=b',
      undefined,
      'spec.resourceAttributes.fieldSelector partially ignored due to parse error',
    ],
    [
      {
        labelSelector: {
          requirements: [
            { key: 'a', operator: 'NotIn', values: ['b', 'c'] },
            { key: 'd', operator: 'Newer', values: [] },
          ],
        },
      },
      undefined,
      'a notin (b,c)',
      'spec.resourceAttributes.labelSelector partially ignored due to parse error',
    ],
  ]
  test.each(selectors)('selectors %j', async (selector, fieldSelector, labelSelector, evaluationError) => {
    const answer = await perform('selfsubjectaccessreviews', { resourceAttributes: { verb: 'list', ...selector } })
    expect(asked.at(-1)?.fieldSelector).toBe(fieldSelector)
    expect(asked.at(-1)?.labelSelector).toBe(labelSelector)
    expect(answer['status']).toEqual({ allowed: true, ...(evaluationError === undefined ? {} : { evaluationError }) })
  })

  const resourceAttributes = { verb: 'get' }
  const bad: readonly (readonly [string, JsonObject, { namespace?: string; metadata?: JsonObject }, string])[] = [
    [
      'selfsubjectaccessreviews',
      {},
      {},
      '422 .authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ],
    [
      'selfsubjectaccessreviews',
      { resourceAttributes, nonResourceAttributes: { verb: 'get' } },
      {},
      '422 .authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: {"verb":"get"}: cannot be specified in combination with resourceAttributes',
    ],
    [
      'subjectaccessreviews',
      { resourceAttributes },
      {},
      '422 .authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
    [
      'selfsubjectaccessreviews',
      { resourceAttributes },
      { metadata: { name: 'x', managedFields: [] } },
      '422 .authorization.k8s.io "" is invalid: metadata: Invalid value: {"name":"x","managedFields":[]}: must be empty',
    ],
    [
      'localsubjectaccessreviews',
      { user: 'jane', resourceAttributes: { namespace: 'y' } },
      { namespace: 'x' },
      '422 .authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "y": must match metadata.namespace',
    ],
    [
      'localsubjectaccessreviews',
      { user: 'jane', resourceAttributes: { namespace: 'y' } },
      { namespace: 'x', metadata: { namespace: 'y' } },
      '400 spec.resourceAttributes.namespace must match namespace: x',
    ],
    [
      'localsubjectaccessreviews',
      { user: 'jane', nonResourceAttributes: {} },
      { namespace: 'x' },
      '422 .authorization.k8s.io "" is invalid: spec.nonResourceAttributes: Invalid value: {}: disallowed on this kind of request',
    ],
    [
      'selfsubjectaccessreviews',
      { resourceAttributes: { fieldSelector: { rawSelector: 'a', requirements: [{ key: 'a', operator: 'In' }] } } },
      {},
      `422 .authorization.k8s.io "" is invalid: [spec.resourceAttributes.fieldSelector.rawSelector: Invalid value: "a": may not specified at the same time as requirements, spec.resourceAttributes.fieldSelector.requirements[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn']`,
    ],
  ]
  test.each(bad)('%s %j %j', async (resource, spec, options, text) => {
    expect(await message(perform(resource, spec, options))).toBe(text)
  })

  test('a local one takes its namespace from the URL', async () => {
    const spec = { user: 'root', resourceAttributes: { namespace: 'x', verb: 'get' } }
    const answer = await perform('localsubjectaccessreviews', spec, { namespace: 'x' })
    expect([answer.metadata.namespace, answer['status']]).toEqual(['x', { allowed: true }])
  })
})

test('rules review: everything is allowed, and the question is not repeated', async () => {
  expect(await perform('selfsubjectrulesreviews', { namespace: 'x' })).toMatchObject({
    spec: {},
    status: {
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    },
  })
  expect(await message(perform('selfsubjectrulesreviews', {}))).toBe('400 no namespace on request')
})

test('who am I', async () => {
  const answer = await perform('selfsubjectreviews', {}, { user: { name: 'jane', groups: ['dev'] } })
  expect(answer['status']).toEqual({ userInfo: { username: 'jane', groups: ['dev'] } })
})

describe('token reviews', () => {
  const jane = { username: 'jane', uid: '1', groups: ['dev', 'system:authenticated'], extra: { k: ['v'] } }
  const cases: readonly (readonly [JsonObject, JsonObject])[] = [
    [{ token: 'good' }, { authenticated: true, user: jane, audiences: ['api'] }],
    [
      { token: 'good', audiences: ['other', 'api'] },
      { authenticated: true, user: jane, audiences: ['api'] },
    ],
    [
      { token: 'good', audiences: ['other'] },
      { user: {}, error: 'invalid bearer token' },
    ],
    [{ token: 'unknown' }, { user: {}, error: 'invalid bearer token' }],
    [{ token: 'expired' }, { user: {}, error: 'token has expired' }],
  ]
  test.each(cases)('%j', async (spec, status) => {
    expect((await perform('tokenreviews', spec))['status']).toEqual(status)
  })

  test('without a token', async () => {
    expect(await message(perform('tokenreviews', {}))).toBe('400 token is required for TokenReview in authentication')
  })
})
