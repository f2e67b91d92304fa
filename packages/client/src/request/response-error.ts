import {
  genericServerResponse,
  isJsonObject,
  type JsonValue,
  JsonSyntaxError,
  parseJson,
  type Status,
  StatusError,
} from '@fairlead/apimachinery'
import type { TransportResponse } from '../transport.ts'

/** Reads a response that is no success as the StatusError that it stands for. */
export async function responseError(response: TransportResponse, method: string): Promise<StatusError> {
  const text = await response.text()
  const status = parseStatus(text)
  if (status !== undefined) return new StatusError({ ...status, code: status.code ?? response.status })
  return genericServerResponse({
    code: response.status,
    verb: method,
    gr: { group: '', resource: '' },
    name: '',
    serverMessage: text.trim().slice(0, maxMessage),
    retryAfterSeconds: retryAfterSeconds(response) ?? 0,
    unexpected: true,
  })
}

/** The error in the `object` of an ERROR event. */
export function eventError(object: unknown): StatusError {
  if (isStatus(object)) return new StatusError({ ...object, code: object.code ?? 500 })
  return genericServerResponse({
    code: 500,
    verb: 'watch',
    gr: { group: '', resource: '' },
    name: '',
    serverMessage: 'an error event without a Status',
    retryAfterSeconds: 0,
    unexpected: true,
  })
}

/** Seconds that the server asks to wait, from the header. Dates are not used by API servers. */
export function retryAfterSeconds({ headers }: TransportResponse): number | undefined {
  const header = headers['retry-after']
  const value = typeof header === 'object' ? header[0] : header
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
}

/** Whether the server was asked for a resource version that it has not seen yet. */
export function isTooLargeResourceVersion(error: unknown): boolean {
  return (
    StatusError.is(error) &&
    error.status.details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge') === true
  )
}

export function isStatus(value: unknown): value is Status {
  return isJsonObject(value) && value['kind'] === 'Status'
}

const maxMessage = 2048

function parseStatus(text: string): Status | undefined {
  let value: JsonValue
  try {
    value = parseJson(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined
    throw error
  }
  return isStatus(value) && value['status'] !== 'Success' ? value : undefined
}
