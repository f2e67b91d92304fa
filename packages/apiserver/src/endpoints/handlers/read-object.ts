import type { KubeObject } from '@fairlead/apimachinery'
import { decodeObject } from '../../negotiation/decode-object.ts'
import type { WireFormat } from '../../negotiation/media-type.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { FieldValidation } from '../../negotiation/strict-problems.ts'
import type { ServedResource } from '../served-resource.ts'
import type { HandlerServices } from './handler-services.ts'

/** Decodes a body as the kind of the endpoint; the result is in the version of the request. Throws BadRequest. */
export function readObject(
  services: HandlerServices,
  { resource, context }: { readonly resource: ServedResource; readonly context: RequestContext },
  body: { readonly bytes: Uint8Array; readonly format: WireFormat; readonly fieldValidation: FieldValidation },
): KubeObject {
  return decodeObject(body.bytes, {
    kind: resource.kind,
    format: body.format,
    fieldValidation: body.fieldValidation,
    warnings: context.warnings,
    findKind: services.findKind,
  })
}
