import { encodeJson, type GroupVersionKind, type StatusError } from '@fairlead/apimachinery'
import type { KindDescription } from '@fairlead/openapi'
import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'
import { retryAfterHeaders } from '../request/responses.ts'
import { parseAccept } from './accept-header.ts'
import { encodeObject } from './encode-object.ts'
import { mediaTypes } from './media-type.ts'
import { negotiateOutput, type Output } from './output.ts'
import { wantsPretty } from './pretty.ts'

/** Finds the description of a kind of the API, served or not. */
export type KindFinder = (gvk: GroupVersionKind) => KindDescription | undefined

const statusKind: GroupVersionKind = { group: '', version: 'v1', kind: 'Status' }

/**
 * Renders failures in the type that the client accepts; where it accepts none, as indented JSON. A failure is never
 * transformed into anything. A positive `details.retryAfterSeconds` is repeated as `Retry-After`.
 */
export function createErrorRenderer(
  findKind: KindFinder,
): (error: StatusError, context: { readonly request: ApiRequest }) => ApiResponse {
  return (error, { request }) => {
    const protobuf = findKind(statusKind)?.protobuf
    const output = errorOutput(request, protobuf !== undefined)
    if (output === undefined) {
      return answer(error, mediaTypes.json, encodeJson(error.status, { pretty: true }))
    }
    return answer(error, mediaTypes[output.format], encodeObject(error.status, output, protobuf))
  }
}

function errorOutput(request: ApiRequest, protobuf: boolean): Output | undefined {
  const accept = request.headers['accept'] ?? ''
  const output: Output | undefined =
    accept === ''
      ? { format: 'json', pretty: false }
      : negotiateOutput(
          parseAccept(accept).filter(({ parameters }) => !transforms(parameters)),
          { protobuf, table: false },
        )
  return output?.format === 'json' && wantsPretty(request) ? { ...output, pretty: true } : output
}

function transforms(parameters: ReadonlyMap<string, string>): boolean {
  return ['as', 'g', 'v', 'sv'].some((name) => parameters.has(name))
}

function answer(error: StatusError, mediaType: string, body: string | Uint8Array): ApiResponse {
  return { status: error.code, headers: { 'content-type': mediaType, ...retryAfterHeaders(error) }, body }
}
