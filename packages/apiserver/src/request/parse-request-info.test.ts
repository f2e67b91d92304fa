import { describe, expect, test } from 'vitest'
import { isLongRunning } from './long-running.ts'
import { parseRequestInfo, RequestInfoError } from './parse-request-info.ts'
import type { RequestInfo } from './request-info.ts'
import { testRequest } from './testing/request.ts'

const parse = (line: string): RequestInfo => {
  const [method = '', target = ''] = line.split(' ')
  return parseRequestInfo(testRequest({ method, target }))
}

describe('requests that are not for resources', () => {
  const lines: readonly (readonly [string, string, string])[] = [
    ['GET /', 'get', '/'],
    ['GET /api', 'get', '/api'],
    ['GET /api/', 'get', '/api/'],
    ['GET /api/v1', 'get', '/api/v1'],
    ['POST /apis', 'post', '/apis'],
    ['GET /apis/apps', 'get', '/apis/apps'],
    ['DELETE /apis/apps/v1', 'delete', '/apis/apps/v1'],
    ['GET /healthz/ping/deep', 'get', '/healthz/ping/deep'],
    ['OPTIONS /version', 'options', '/version'],
    ['GET /apisx/apps/v1/deployments', 'get', '/apisx/apps/v1/deployments'],
    ['GET /caf%C3%A9', 'get', '/café'],
  ]
  test.each(lines)('%s', (line, verb, path) => {
    expect(parse(line)).toMatchObject({ isResourceRequest: false, verb, path, resource: '', parts: [] })
  })
})

describe('requests for resources', () => {
  const lines: readonly (readonly [string, Partial<RequestInfo>])[] = [
    ['GET /api/v1/pods', { verb: 'list', group: '', version: 'v1', resource: 'pods', namespace: '', apiPrefix: 'api' }],
    ['GET /api/v1/pods/', { verb: 'list', resource: 'pods', parts: ['pods'] }],
    ['HEAD /api/v1/nodes/a', { verb: 'get', resource: 'nodes', name: 'a' }],
    ['GET /apis/apps/v1/namespaces/x/deployments/y', { verb: 'get', group: 'apps', namespace: 'x', name: 'y' }],
    ['PUT /apis/apps/v1/namespaces/x/deployments/y/scale', { verb: 'update', subresource: 'scale', name: 'y' }],
    ['POST /api/v1/namespaces/x/pods/y/exec', { verb: 'create', subresource: 'exec' }],
    ['PATCH /api/v1/nodes/a/status', { verb: 'patch', subresource: 'status' }],
    ['DELETE /api/v1/namespaces/x/pods/y', { verb: 'delete', name: 'y' }],
    ['DELETE /api/v1/namespaces/x/pods', { verb: 'deletecollection', name: '', namespace: 'x' }],
    ['TRACE /api/v1/pods', { verb: '' }],
    ['GET /api/v1/namespaces', { verb: 'list', resource: 'namespaces', namespace: '' }],
    ['GET /api/v1/namespaces/x', { verb: 'get', resource: 'namespaces', namespace: 'x', name: 'x' }],
    ['PUT /api/v1/namespaces/x/finalize', { resource: 'namespaces', name: 'x', subresource: 'finalize' }],
    ['PUT /api/v1/namespaces/x/status', { resource: 'namespaces', name: 'x', subresource: 'status', namespace: 'x' }],
    ['GET /api/v1/namespaces/x/status/deep', { resource: 'namespaces', parts: ['namespaces', 'x', 'status', 'deep'] }],
    [
      'GET /api/v1/namespaces/x/pods/y/proxy/a/b',
      { verb: 'get', subresource: 'proxy', parts: ['pods', 'y', 'proxy', 'a', 'b'] },
    ],
    ['GET /api/v1/nodes/a%2Fb', { resource: 'nodes', name: 'a', subresource: 'b' }],
    ['GET /api/v1/watch/pods', { verb: 'watch', verbPrefix: 'watch', resource: 'pods', name: '' }],
    ['GET /api/v1/watch/namespaces/x/pods/y', { verb: 'watch', namespace: 'x', resource: 'pods', name: 'y' }],
    ['POST /api/v1/proxy/nodes/a/b', { verb: 'proxy', verbPrefix: 'proxy', name: 'a', subresource: '' }],
    ['GET /apis/apps/v1/watch/deployments', { verb: 'watch', group: 'apps', resource: 'deployments' }],
  ]
  test.each(lines)('%s', (line, expected) => {
    expect(parse(line)).toMatchObject({ isResourceRequest: true, ...expected })
  })
})

test('a verb prefix needs something behind it', () => {
  for (const line of ['GET /api/v1/watch', 'GET /api/v1/proxy/', 'GET /apis/apps/v1/watch?a=b']) {
    expect(() => parse(line)).toThrow(RequestInfoError)
  }
  expect(() => parse('GET /apis/apps/v1/watch?a=b')).toThrow(
    'unable to determine kind and namespace from url, /apis/apps/v1/watch?a=b',
  )
})

describe('queries', () => {
  const watching: readonly string[] = [
    'watch',
    'watch=',
    'watch=1',
    'watch=true',
    'watch=no',
    'watch=TRUE',
    'a&watch=x',
  ]
  const listing: readonly string[] = ['watch=0', 'watch=false', 'watch=FALSE', 'Watch=1', 'watch=0&watch=1', 'x']
  test.each(watching)('?%s watches', (query) => expect(parse(`GET /api/v1/pods?${query}`).verb).toBe('watch'))
  test.each(listing)('?%s lists', (query) => expect(parse(`GET /api/v1/pods?${query}`).verb).toBe('list'))
  test('watch does not change the verb of one object', () => {
    expect(parse('GET /api/v1/nodes/a?watch=1').verb).toBe('get')
  })

  const selectors: readonly (readonly [string, Partial<RequestInfo>])[] = [
    ['GET /api/v1/pods?fieldSelector=metadata.name%3Da', { name: 'a', fieldSelector: 'metadata.name=a' }],
    ['GET /api/v1/pods?fieldSelector=metadata.name%3D%3Da,x%3Db&watch', { name: 'a', verb: 'watch' }],
    ['GET /api/v1/pods?fieldSelector=metadata.name%3Da%2Fb', { name: '' }],
    ['GET /api/v1/pods?fieldSelector=metadata.name!%3Da', { name: '' }],
    ['GET /api/v1/pods?fieldSelector=metadata.name%3Da&limit=x', { name: '', fieldSelector: 'metadata.name=a' }],
    ['GET /api/v1/pods?fieldSelector=metadata.name%3Da&limit=9223372036854775808', { name: '' }],
    ['GET /api/v1/pods?fieldSelector=metadata.name%3Da&labelSelector=%21%21', { name: '', labelSelector: '!!' }],
    ['DELETE /api/v1/pods?fieldSelector=metadata.name%3Da', { name: '', fieldSelector: 'metadata.name=a' }],
    ['GET /api/v1/nodes/a?labelSelector=x', { labelSelector: '' }],
    ['GET /api/v1/watch/pods?labelSelector=x', { labelSelector: '' }],
    ['GET /api/v1/pods?labelSelector=x%3Dy&labelSelector=z', { labelSelector: 'x=y' }],
  ]
  test.each(selectors)('%s', (line, expected) => expect(parse(line)).toMatchObject(expected))
})

test('which requests are long-running', () => {
  const long = [
    'GET /api/v1/pods?watch',
    'GET /api/v1/proxy/nodes/a',
    'GET /api/v1/namespaces/x/pods/y/log',
    'POST /api/v1/namespaces/x/pods/y/exec',
    'GET /debug/pprof/heap',
  ]
  const short = [
    'GET /api/v1/pods',
    'GET /api/v1/namespaces/x/pods/log',
    'GET /debug/pprof',
    'PUT /api/v1/nodes/a/status',
  ]
  expect(long.filter((line) => !isLongRunning(parse(line)))).toEqual([])
  expect(short.filter((line) => isLongRunning(parse(line)))).toEqual([])
})
