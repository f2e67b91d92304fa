import type { JsonObject } from '@fairlead/apimachinery'
import { encodeObject } from '../negotiation/encode-object.ts'
import { createNegotiator } from '../negotiation/negotiator.ts'
import type { KindFinder } from '../negotiation/render-error.ts'
import { respondWithBytes } from '../negotiation/respond.ts'
import type { ApiResponse } from '../request/api-response.ts'
import type { RequestContext } from '../request/request-context.ts'

/** Writes an object that belongs to no resource (discovery) in the format that the request accepts. */
export type ObjectResponder = (context: RequestContext, object: JsonObject) => ApiResponse | Promise<ApiResponse>

/** A responder; `findKind` gives the protobuf forms. Throws NotAcceptable for formats that the object cannot have. */
export function createObjectResponder(findKind: KindFinder): ObjectResponder {
  const negotiator = createNegotiator()
  return (context, object) => {
    const kind = findKind({ group: '', version: 'v1', kind: String(object['kind']) })
    const output = negotiator.output(context.request, { protobuf: kind?.protobuf !== undefined, table: false }, false)
    const body = encodeObject(object, output, kind?.protobuf)
    return respondWithBytes(context.request, 200, { format: output.format, body })
  }
}
