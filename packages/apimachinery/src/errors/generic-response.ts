import { formatGroupResource, type GroupResource } from '../meta/group-version.ts'
import { quote } from '../text/quote.ts'
import { failureStatus, type StatusReason } from './status.ts'
import { StatusError } from './status-error.ts'

/** An HTTP answer that carried no Status of its own. */
export interface GenericResponse {
  readonly code: number
  /** The HTTP method, or the verb. A 409 to `POST` is AlreadyExists, to anything else Conflict. */
  readonly verb: string
  /** Appended to the message, with the verb and the name, unless both its members are empty. */
  readonly gr: GroupResource
  readonly name: string
  /** The body as text. */
  readonly serverMessage: string
  readonly retryAfterSeconds: number
  /** The body was not what an API server sends: it is then told as a cause. */
  readonly unexpected?: boolean
}

/** The failure that stands for an answer of which only the HTTP code, and perhaps a text, is known. */
export function genericServerResponse(response: GenericResponse): StatusError {
  const { code, gr, name, serverMessage, retryAfterSeconds } = response
  const { reason, message } = meaning(response)
  return new StatusError(
    failureStatus({
      code,
      ...(reason !== undefined && { reason }),
      message: `${message}${target(response)}`,
      details: {
        name,
        group: gr.group,
        kind: gr.resource,
        causes: response.unexpected ? [{ reason: 'UnexpectedServerResponse', message: serverMessage }] : [],
        retryAfterSeconds,
      },
    }),
  )
}

/** 404: no such path below a group-version that is served. */
export function routeNotFound(): StatusError {
  return bare(404)
}

/** 405: the path exists, but not with this method. */
export function routeMethodNotAllowed(): StatusError {
  return bare(405)
}

/** 422 without saying why. */
export function rejectedRequest(): StatusError {
  return bare(422)
}

function bare(code: number): StatusError {
  const gr = { group: '', resource: '' }
  return genericServerResponse({ code, verb: '', gr, name: '', serverMessage: '', retryAfterSeconds: 0 })
}

interface Meaning {
  readonly reason?: StatusReason
  readonly message: string
}

const meanings: Readonly<Record<number, Meaning>> = {
  400: { reason: 'BadRequest', message: 'the server rejected our request for an unknown reason' },
  401: { reason: 'Unauthorized', message: 'the server has asked for the client to provide credentials' },
  404: { reason: 'NotFound', message: 'the server could not find the requested resource' },
  405: { reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource' },
  422: { reason: 'Invalid', message: 'the server rejected our request due to an error in our request' },
  429: {
    reason: 'TooManyRequests',
    message: 'the server has received too many requests and has asked us to try again later',
  },
  503: { reason: 'ServiceUnavailable', message: 'the server is currently unable to handle the request' },
  504: {
    reason: 'Timeout',
    message: 'the server was unable to return a response in the time allotted, but may still be processing the request',
  },
}

function meaning({ code, verb, serverMessage }: GenericResponse): Meaning {
  switch (code) {
    case 403:
      return { reason: 'Forbidden', message: serverMessage }
    case 406:
      return { reason: 'NotAcceptable', message: notAcceptableMessage(serverMessage) }
    case 409:
      return { reason: verb === 'POST' ? 'AlreadyExists' : 'Conflict', message: 'the server reported a conflict' }
    case 415:
      return { reason: 'UnsupportedMediaType', message: serverMessage }
    default:
      return meanings[code] ?? otherMeaning(code, serverMessage)
  }
}

function otherMeaning(code: number, serverMessage: string): Meaning {
  if (code < 500) {
    return { message: `the server responded with the status code ${code} but did not return more information` }
  }
  return {
    reason: 'InternalError',
    message: `an error on the server (${quote(serverMessage)}) has prevented the request from succeeding`,
  }
}

function notAcceptableMessage(serverMessage: string): string {
  if (serverMessage !== '' && serverMessage !== 'unknown') return serverMessage
  return 'the server was unable to respond with a content type that the client supports'
}

function target({ gr, name, verb }: GenericResponse): string {
  if (gr.group === '' && gr.resource === '') return ''
  return ` (${[verb.toLowerCase(), formatGroupResource(gr), name].filter((part, i) => i < 2 || part !== '').join(' ')})`
}
