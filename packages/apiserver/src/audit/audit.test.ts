import { badRequest, type Clock, notFound } from '@fairlead/apimachinery'
import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { buildAuthenticator } from '../authentication/build-authenticator.ts'
import { authenticateTokenFile } from '../authentication/token-file.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import type { ApiResponse } from '../request/api-response.ts'
import type { RequestContext } from '../request/request-context.ts'
import { textResponse } from '../request/responses.ts'
import { type ApiServer, createApiServer } from '../server/create-api-server.ts'
import type { InProcessResponse } from '../serving/in-process.ts'
import { forgivingBackend, type ReportLoss } from './audit-backend.ts'
import { createLogBackend } from './log-backend.ts'
import { parseAuditPolicy } from './parse-policy.ts'

const tokens = authenticateTokenFile('s3cret,jane,7,"dev,ops"\nr00t,root,1,system:masters')
const jane = { authorization: 'Bearer s3cret', 'user-agent': 'kubectl/v1.36.0' }

let clock: ManualClock
let lines: string[]
let logged: { message: string; details: object }[]

beforeEach(() => {
  clock = createManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 60))
  lines = []
  logged = []
})

interface Setup {
  readonly policy?: string
  readonly handle?: (context: RequestContext) => Promise<ApiResponse> | ApiResponse
  readonly authorizer?: Authorizer
  /** Lines for which this is true are lost. */
  readonly loses?: (line: string) => boolean
  readonly strict?: boolean
}

function start({ policy = '[{level: Metadata}]', handle, authorizer, loses, strict }: Setup = {}): ApiServer {
  const backend = (report: ReportLoss) => {
    const file = {
      append: (batch: readonly string[]) => {
        if (batch.some((line) => loses?.(line))) return Promise.reject(new Error('no space left on device'))
        lines.push(...batch)
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    }
    const log = createLogBackend(file, { format: 'json', report })
    return strict === true ? log : forgivingBackend(log)
  }
  return createApiServer({
    clock: clock as Clock,
    log: { error: (message, details) => logged.push({ message, details }) },
    authenticate: buildAuthenticator({ clock, tokens }),
    authorizer: authorizer ?? (() => ({ decision: 'allow', reason: 'because' })),
    newId: () => 'id-1',
    audit: { policy: parseAuditPolicy(`apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: ${policy}\n`), backend },
    handlers: [(context) => (handle ?? (() => textResponse('fine')))(context)],
  })
}

async function get(
  server: ApiServer,
  path: string,
  headers: Record<string, string> = jane,
): Promise<InProcessResponse & { readonly content: string }> {
  const response = await server.transport()({ method: 'GET', path, headers })
  return { ...response, content: await response.text() }
}

const events = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
const stages = (): unknown[] => events().map((event) => event['stage'])

describe('events', () => {
  test('a request has two, byte for byte', async () => {
    await get(start(), '/api/v1/namespaces/default/pods/web?pretty=<a>&x=1')
    const shared =
      '"requestURI":"/api/v1/namespaces/default/pods/web?pretty=\\u003ca\\u003e\\u0026x=1","verb":"get",' +
      '"user":{"username":"jane","uid":"7","groups":["dev","ops","system:authenticated"]},"sourceIPs":["127.0.0.1"],' +
      '"userAgent":"kubectl/v1.36.0","objectRef":{"resource":"pods","namespace":"default","name":"web","apiVersion":"v1"},'
    const head = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"id-1","stage":'
    const time =
      '"requestReceivedTimestamp":"2026-01-02T03:04:05.060000Z","stageTimestamp":"2026-01-02T03:04:05.060000Z"'
    expect(lines).toEqual([
      `${head}"RequestReceived",${shared}${time}}\n`,
      `${head}"ResponseComplete",${shared}"responseStatus":{"metadata":{},"code":200},${time},` +
        `"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"because"}}\n`,
    ])
  })

  test('a refusal has its Status', async () => {
    await get(start({ authorizer: () => ({ decision: 'no-opinion' }) }), '/apis/apps/v1/deployments')
    expect(events()[1]).toMatchObject({
      objectRef: { resource: 'deployments', apiGroup: 'apps', apiVersion: 'v1' },
      responseStatus: {
        metadata: {},
        status: 'Failure',
        message:
          'deployments.apps is forbidden: User "jane" cannot list resource "deployments" in API group "apps" at the cluster scope',
        reason: 'Forbidden',
        details: { group: 'apps', kind: 'deployments' },
        code: 403,
      },
      annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
    })
  })

  test('an authorizer that fails', async () => {
    const server = start({ authorizer: () => Promise.reject(new Error('lost')) })
    await get(server, '/healthy')
    expect(events()[1]).toMatchObject({
      responseStatus: { metadata: {}, code: 500 },
      annotations: { 'authorization.k8s.io/reason': 'internal error' },
    })
  })

  test('an error of the handler, with and without body', async () => {
    const handle = () => {
      throw notFound({ group: '', resource: 'pods' }, 'x')
    }
    await get(start({ handle, policy: '[{level: RequestResponse}]' }), '/api/v1/namespaces/d/pods/x')
    expect(events()[1]).toMatchObject({
      responseStatus: { status: 'Failure', message: 'pods "x" not found', reason: 'NotFound', code: 404 },
      responseObject: { kind: 'Status', apiVersion: 'v1', message: 'pods "x" not found' },
    })
  })

  test('wrong credentials: one event, of nobody, without the credential', async () => {
    const response = await get(start(), '/api', { authorization: 'Bearer wr0ng-t0ken' })
    expect([response.status, response.headers['audit-id']]).toEqual([401, 'id-1'])
    expect(events()).toMatchObject([
      {
        stage: 'ResponseStarted',
        user: {},
        responseStatus: { metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
      },
    ])
    expect(lines.join('')).not.toMatch(/wr0ng/)
  })

  test('impersonation shows both users', async () => {
    await get(start(), '/api/v1/pods', { ...jane, 'impersonate-user': 'bob', 'impersonate-extra-a': 'b' })
    expect(events()[1]).toMatchObject({
      user: { username: 'jane' },
      impersonatedUser: { username: 'bob', groups: ['system:authenticated'], extra: { a: ['b'] } },
    })
  })

  test('where a request comes from and with what', async () => {
    await get(start(), '/version', {
      ...jane,
      'x-forwarded-for': '1.2.3.4, nonsense, 2001:DB8::1',
      'x-real-ip': '5.6.7.8',
      'user-agent': 'x'.repeat(2000),
      'audit-id': 'given "id"',
    })
    expect(events()[0]).toMatchObject({
      auditID: 'given "id"',
      verb: 'get',
      sourceIPs: ['1.2.3.4', '2001:db8::1', '5.6.7.8', '127.0.0.1'],
      userAgent: `${'x'.repeat(1024)}...TRUNCATED`,
    })
    expect(events()[0]).not.toHaveProperty('objectRef')
  })

  test('a slow request says how long it took', async () => {
    const handle = () => {
      clock.advance(1500)
      return textResponse('late')
    }
    await get(start({ handle }), '/late')
    expect(events()[1]).toMatchObject({
      stageTimestamp: '2026-01-02T03:04:06.560000Z',
      annotations: { 'apiserver.latency.k8s.io/total': '1.5s' },
    })
  })
})

describe('stages', () => {
  const streaming = () => ({
    status: 200,
    headers: {},
    body: async (sink: { write(chunk: Uint8Array): boolean }) => {
      sink.write(Buffer.from(stages().join()))
    },
  })

  test('a watch has a third, before its first byte', async () => {
    const { content } = await get(start({ handle: streaming }), '/api/v1/pods?watch=1')
    expect(content).toBe('RequestReceived,ResponseStarted')
    expect(stages()).toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete'])
    expect(events()[1]).toMatchObject({ verb: 'watch', responseStatus: { code: 200 } })
  })

  test('a streamed list is complete when its body is', async () => {
    const { content } = await get(start({ handle: streaming }), '/api/v1/pods')
    expect(content).toBe('RequestReceived')
    expect(stages()).toEqual(['RequestReceived', 'ResponseComplete'])
  })

  test('a mistake in a handler', async () => {
    const handle = () => {
      throw new TypeError('boom')
    }
    expect((await get(start({ handle }), '/bug')).status).toBe(500)
    expect(stages()).toEqual(['RequestReceived', 'Panic'])
    expect(events()[1]).toMatchObject({
      responseStatus: { status: 'Failure', message: "APIServer panic'd: boom", reason: 'InternalError', code: 500 },
    })
  })

  test('those that the policy omits are not made', async () => {
    await get(start({ policy: '[{level: Metadata, omitStages: [RequestReceived]}]' }), '/a')
    expect(stages()).toEqual(['ResponseComplete'])
  })

  test('level None', async () => {
    await get(start({ policy: '[{level: None}]' }), '/a')
    expect(lines).toEqual([])
  })
})

describe('a log that cannot be written', () => {
  const loses = (line: string) => line.includes('RequestReceived')

  test('is told, and the request goes on', async () => {
    expect((await get(start({ loses }), '/a?b=c')).status).toBe(200)
    expect(logged[0]?.message).toBe(
      `Error in audit plugin 'log' affecting 1 audit events: no space left on device\nImpacted events:\n` +
        '2026-01-02T03:04:05.06Z AUDIT: id="id-1" stage="RequestReceived" ip="127.0.0.1" method="get" user="jane" ' +
        String.raw`groups="\"dev\",\"ops\",\"system:authenticated\"" as="<self>" asgroups="<lookup>" ` +
        'user-agent="kubectl/v1.36.0" namespace="<none>" uri="/a?b=c" response="<deferred>"',
    )
  })

  test('refuses requests in strict mode, before anything is done', async () => {
    const handle = () => {
      throw badRequest('not reached')
    }
    const server = start({ loses, strict: true, handle })
    const { status, content } = await get(server, '/a?b=c')
    expect([status, content]).toEqual([500, 'Internal Server Error: "/a?b=c": failed to store audit event\n'])
    expect(await metrics(server)).toMatchObject({
      apiserver_audit_requests_rejected_total: '1',
      'apiserver_audit_error_total{plugin="log"}': '1',
    })
  })

  test('at the end does not take the response back', async () => {
    expect((await get(start({ loses: (line) => !loses(line), strict: true }), '/a')).status).toBe(200)
  })
})

test('metrics', async () => {
  const server = start({ policy: '[{level: None, nonResourceURLs: [/quiet]}, {level: Request}]' })
  await get(server, '/quiet')
  await get(server, '/loud')
  expect(await metrics(server)).toMatchObject({
    apiserver_audit_event_total: '2',
    'apiserver_audit_level_total{level="None"}': '1',
    'apiserver_audit_level_total{level="Request"}': '1',
    apiserver_audit_requests_rejected_total: '0',
  })
})

async function metrics(server: ApiServer): Promise<Record<string, string>> {
  let text = ''
  for await (const piece of server.metrics.render()) text += piece
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.startsWith('apiserver_audit'))
      .map((line) => line.split(' ') as [string, string]),
  )
}
