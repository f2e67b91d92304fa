import { expect, test } from 'vitest'
import { invalidValue, required } from '../field/error.ts'
import { genericServerResponse, rejectedRequest, routeMethodNotAllowed, routeNotFound } from './generic-response.ts'
import * as errors from './reasons.ts'
import { ignoring, isReason, StatusError, withDetails } from './status-error.ts'

const pods = { group: '', resource: 'pods' }
const deployments = { group: 'apps', resource: 'deployments' }

function body(members: string): string {
  return `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",${members}}`
}

test.each<[StatusError, string]>([
  [
    errors.notFound(deployments, 'web'),
    body(
      `"message":"deployments.apps \\"web\\" not found","reason":"NotFound","details":{"name":"web","group":"apps","kind":"deployments"},"code":404`,
    ),
  ],
  [
    errors.alreadyExists(pods, 'a'),
    body(
      `"message":"pods \\"a\\" already exists","reason":"AlreadyExists","details":{"name":"a","kind":"pods"},"code":409`,
    ),
  ],
  [
    errors.generateNameConflict(pods, 'a', 1),
    body(
      `"message":"pods \\"a\\" already exists, the server was not able to generate a unique name for the object","reason":"AlreadyExists","details":{"name":"a","kind":"pods","retryAfterSeconds":1},"code":409`,
    ),
  ],
  [
    errors.conflict(pods, 'a', 'the object has been modified'),
    body(
      `"message":"Operation cannot be fulfilled on pods \\"a\\": the object has been modified","reason":"Conflict","details":{"name":"a","kind":"pods"},"code":409`,
    ),
  ],
  [
    errors.applyConflict('Apply failed', [{ reason: 'FieldManagerConflict', message: 'm', field: '.f' }]),
    body(
      `"message":"Apply failed","reason":"Conflict","details":{"causes":[{"reason":"FieldManagerConflict","message":"m","field":".f"}]},"code":409`,
    ),
  ],
  [
    errors.invalid({ group: '', kind: 'Pod' }, 'a', [
      required('x', ''),
      required('x', ''),
      invalidValue('y', 'v', 'bad'),
    ]),
    body(
      `"message":"Pod \\"a\\" is invalid: [x: Required value, y: Invalid value: \\"v\\": bad]","reason":"Invalid","details":{"name":"a","kind":"Pod","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"x"},{"reason":"FieldValueRequired","message":"Required value","field":"x"},{"reason":"FieldValueInvalid","message":"Invalid value: \\"v\\": bad","field":"y"}]},"code":422`,
    ),
  ],
  [
    errors.invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', []),
    body(
      `"message":"ListOptions.meta.k8s.io \\"\\" is invalid","reason":"Invalid","details":{"group":"meta.k8s.io","kind":"ListOptions"},"code":422`,
    ),
  ],
  [errors.badRequest('no'), body(`"message":"no","reason":"BadRequest","code":400`)],
  [errors.unauthorized(), body(`"message":"Unauthorized","reason":"Unauthorized","code":401`)],
  [
    errors.forbidden(pods, 'a', 'no'),
    body(
      `"message":"pods \\"a\\" is forbidden: no","reason":"Forbidden","details":{"name":"a","kind":"pods"},"code":403`,
    ),
  ],
  [
    errors.forbidden(pods, '', 'no'),
    body(`"message":"pods is forbidden: no","reason":"Forbidden","details":{"kind":"pods"},"code":403`),
  ],
  [
    errors.forbidden({ group: '', resource: '' }, '', 'no'),
    body(`"message":"forbidden: no","reason":"Forbidden","details":{},"code":403`),
  ],
  [
    errors.methodNotSupported(deployments, 'create'),
    body(
      `"message":"create is not supported on resources of kind \\"deployments.apps\\"","reason":"MethodNotAllowed","details":{"group":"apps","kind":"deployments"},"code":405`,
    ),
  ],
  [errors.notAcceptable('only'), body(`"message":"only","reason":"NotAcceptable","code":406`)],
  [errors.unsupportedMediaType('only'), body(`"message":"only","reason":"UnsupportedMediaType","code":415`)],
  [
    errors.requestEntityTooLarge('limit is 3145728'),
    body(`"message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413`),
  ],
  [
    errors.tooManyRequests('wait', 10),
    body(`"message":"wait","reason":"TooManyRequests","details":{"retryAfterSeconds":10},"code":429`),
  ],
  [errors.tooManyRequests('wait', 0), body(`"message":"wait","reason":"TooManyRequests","details":{},"code":429`)],
  [
    errors.serverTimeout(pods, 'create', 2),
    body(
      `"message":"The create operation against pods could not be completed at this time, please try again.","reason":"ServerTimeout","details":{"name":"create","kind":"pods","retryAfterSeconds":2},"code":500`,
    ),
  ],
  [errors.timeoutError('late', 0), body(`"message":"Timeout: late","reason":"Timeout","details":{},"code":504`)],
  [
    errors.tooLargeResourceVersion(9, 5n, 1),
    body(
      `"message":"Timeout: Too large resource version: 9, current: 5","reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1},"code":504`,
    ),
  ],
  [
    errors.internalError('broken'),
    body(
      `"message":"Internal error occurred: broken","reason":"InternalError","details":{"causes":[{"message":"broken"}]},"code":500`,
    ),
  ],
  [errors.serviceUnavailable('no'), body(`"message":"no","reason":"ServiceUnavailable","code":503`)],
  [errors.gone('gone'), body(`"message":"gone","reason":"Gone","code":410`)],
  [errors.expired('old'), body(`"message":"old","reason":"Expired","code":410`)],
  [
    errors.expired('old', { continue: 'token' }),
    body(`"message":"old","reason":"Expired","code":410`).replace('{}', '{"continue":"token"}'),
  ],
  [errors.plainError('raw'), body(`"message":"raw","code":500`)],
  [
    routeNotFound(),
    body(`"message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404`),
  ],
  [
    routeMethodNotAllowed(),
    body(
      `"message":"the server does not allow this method on the requested resource","reason":"MethodNotAllowed","details":{},"code":405`,
    ),
  ],
  [
    rejectedRequest(),
    body(
      `"message":"the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422`,
    ),
  ],
])('$message', (error, text) => {
  expect(JSON.stringify(error.status)).toBe(text)
  expect(error.code).toBe(error.status.code)
})

test.each([
  [409, 'POST', 'AlreadyExists', 'the server reported a conflict (post pods a)'],
  [409, 'PUT', 'Conflict', 'the server reported a conflict (put pods a)'],
  [403, 'GET', 'Forbidden', 'text (get pods a)'],
  [406, 'GET', 'NotAcceptable', 'text (get pods a)'],
  [
    502,
    'GET',
    'InternalError',
    'an error on the server ("text") has prevented the request from succeeding (get pods a)',
  ],
  [418, 'GET', '', 'the server responded with the status code 418 but did not return more information (get pods a)'],
])('an answer of %d to %s without a Status', (code, verb, reason, message) => {
  const error = genericServerResponse({ code, verb, gr: pods, name: 'a', serverMessage: 'text', retryAfterSeconds: 0 })
  expect([error.reason, error.message]).toEqual([reason, message])
})

test('an unknown error becomes an InternalError that tells its message and keeps it as cause', () => {
  const cause = new TypeError('x is undefined')
  const error = StatusError.from(cause)
  expect(error.status).toEqual(errors.internalError('x is undefined').status)
  expect(error.cause).toBe(cause)
  expect(StatusError.from('text').message).toBe('Internal error occurred: text')
  expect(errors.internalError(cause).cause).toBe(cause)
})

test('a StatusError is recognized by its brand, also from another copy of the package', () => {
  const error = errors.gone('gone')
  expect(StatusError.from(error)).toBe(error)
  const foreign = Object.assign(new Error('gone'), { [Symbol.for('fairlead.StatusError')]: true, reason: 'Gone' })
  expect(StatusError.from(foreign)).toBe(foreign)
  expect(isReason(foreign, 'Gone')).toBe(true)
  expect([null, undefined, 1, new Error('x'), {}].some((value) => StatusError.is(value))).toBe(false)
})

test('isReason follows causes to the first StatusError and survives a cycle', () => {
  const wrapped = new Error('outer', { cause: errors.notFound(pods, 'a') })
  expect(isReason(wrapped, 'NotFound')).toBe(true)
  expect(isReason(wrapped, 'Gone')).toBe(false)
  const outer = errors.plainError('outer', { cause: errors.gone('gone') })
  expect(isReason(outer, 'Gone')).toBe(false)
  const cycle = new Error('cycle')
  cycle.cause = cycle
  expect(isReason(cycle, 'Gone')).toBe(false)
})

test('withDetails adds causes in wire order', () => {
  const error = withDetails(errors.forbidden(pods, 'a', 'no'), { causes: [{ reason: 'NamespaceTerminating' }] })
  expect(JSON.stringify(error.status)).toBe(
    body(
      `"message":"pods \\"a\\" is forbidden: no","reason":"Forbidden","details":{"name":"a","kind":"pods","causes":[{"reason":"NamespaceTerminating"}]},"code":403`,
    ),
  )
})

test('errors of some reasons are ignored, others are thrown again', async () => {
  const gone = errors.notFound(pods, 'a')
  const taken = errors.alreadyExists(pods, 'a')
  const ignored = ignoring('NotFound', 'Conflict')
  await expect(Promise.reject(gone).catch(ignored)).resolves.toBeUndefined()
  await expect(Promise.reject(new Error('while reading', { cause: gone })).catch(ignored)).resolves.toBeUndefined()
  await expect(Promise.reject(taken).catch(ignored)).rejects.toBe(taken)
  await expect(Promise.reject(new Error('no route')).catch(ignored)).rejects.toThrow('no route')
  await expect(Promise.resolve('a').catch(ignored)).resolves.toBe('a')
})
