import { describe, expect, test } from 'vitest'
import type { AuthorizationAttributes, Authorizer } from '../authorization/authorizer.ts'
import { AbortSource } from '../request/abort-source.ts'
import type { ApiRequest } from '../request/api-request.ts'
import { createContext } from '../request/create-context.ts'
import { parseRequestInfo } from '../request/parse-request-info.ts'
import type { RequestContext } from '../request/request-context.ts'
import { statusResponse } from '../request/responses.ts'
import { testRequest } from '../request/testing/request.ts'
import { createWarningRecorder } from '../request/warning-headers.ts'
import { impersonation } from './impersonation.ts'

/** Sends header lines as a listener would hand them over, and tells what came of it. */
async function act(
  lines: readonly (readonly [string, string])[],
  allowed: (attributes: AuthorizationAttributes) => boolean = () => true,
): Promise<{ seen: RequestContext | undefined; asked: string[]; status: number; message: string }> {
  const headers: Record<string, string> = {}
  for (const [name, value] of lines) headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  const request: ApiRequest = { ...testRequest({ target: '/api/v1/pods', headers }), rawHeaders: lines.flat() }
  const context = createContext({
    request,
    info: parseRequestInfo(request),
    auditId: '',
    receivedAt: 0,
    warnings: createWarningRecorder(),
    user: { name: 'bob', uid: '7', groups: ['dev'], extra: { own: ['x'] } },
    abort: new AbortSource(),
  })
  const asked: string[] = []
  const authorizer: Authorizer = (attributes) => {
    const { user, verb, group, resource, subresource, namespace, name } = attributes
    expect(user.name).toBe('bob')
    // What the constrained modes ask is the affair of their own tests.
    if (verb !== 'impersonate') return { decision: 'no-opinion' }
    asked.push([group, resource, subresource, namespace, name].join('|'))
    return { decision: allowed(attributes) ? 'allow' : 'no-opinion' }
  }
  let seen: RequestContext | undefined
  const handler = impersonation(
    authorizer,
    statusResponse,
  )((inner) => {
    seen = inner
    return { status: 200, headers: {} }
  })
  const response = await handler(context)
  const message = typeof response.body === 'string' ? String(JSON.parse(response.body).message) : ''
  return { seen, asked, status: response.status, message }
}

describe('who it becomes', () => {
  test('without headers nobody else', async () => {
    const { seen, asked } = await act([['accept', 'x']])
    expect([seen?.user.name, asked]).toEqual(['bob', []])
  })

  test('exactly what was asked for, with nothing inherited and no header left', async () => {
    const { seen, asked } = await act([
      ['accept', 'x'],
      ['impersonate-user', 'jane'],
      ['impersonate-group', 'a, b'],
      ['impersonate-group', 'c'],
      ['impersonate-uid', '1'],
      ['impersonate-extra-acme.com%2fscopes', 'view'],
      ['impersonate-extra-acme.com%2fscopes', 'edit'],
      ['impersonate-extra-%zz', 'raw'],
    ])
    expect(seen?.user).toEqual({
      name: 'jane',
      uid: '1',
      groups: ['a, b', 'c', 'system:authenticated'],
      extra: { 'acme.com/scopes': ['view', 'edit'], '%zz': ['raw'] },
    })
    expect(seen?.request.headers).toEqual({ accept: 'x' })
    expect(seen?.request.rawHeaders).toEqual(['accept', 'x'])
    expect(asked).toEqual([
      '|users|||jane',
      'authentication.k8s.io|uids|||1',
      '|groups|||a, b',
      '|groups|||c',
      'authentication.k8s.io|userextras|acme.com/scopes||view',
      'authentication.k8s.io|userextras|acme.com/scopes||edit',
      'authentication.k8s.io|userextras|%zz||raw',
    ])
  })

  const groups: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    [
      'system:serviceaccount:ns:sa',
      [],
      ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
    ],
    ['system:serviceaccount:ns:sa', ['x'], ['x', 'system:authenticated']],
    ['system:serviceaccount:NS:sa', [], ['system:authenticated']],
    ['system:anonymous', [], ['system:unauthenticated']],
    ['jane', ['system:unauthenticated'], ['system:unauthenticated']],
    ['jane', ['system:authenticated', 'x'], ['system:authenticated', 'x']],
  ]
  test.each(groups)('%s with groups %j', async (user, asked, effective) => {
    const lines = asked.map((group) => ['impersonate-group', group] as const)
    expect((await act([['impersonate-user', user], ...lines])).seen?.user.groups).toEqual(effective)
  })

  test('a service account is asked for as such', async () => {
    const { asked } = await act([['impersonate-user', 'system:serviceaccount:ns:sa']])
    expect(asked).toEqual(['|serviceaccounts||ns|sa'])
  })
})

test('of repeated lines that make sense once, the first counts', async () => {
  const lines = [
    ['impersonate-user', 'jane'],
    ['impersonate-user', 'root'],
    ['impersonate-uid', '1'],
    ['impersonate-uid', '2'],
  ] as const
  expect((await act(lines)).seen?.user).toMatchObject({ name: 'jane', uid: '1' })
})

test.each(['impersonate-group', 'impersonate-uid', 'impersonate-extra-k'])('%s without a user', async (header) => {
  await expect(act([[header, 'x']])).rejects.toMatchObject({
    code: 400,
    message: expect.stringMatching(/^requested .* without impersonating a user name$/),
  })
})
