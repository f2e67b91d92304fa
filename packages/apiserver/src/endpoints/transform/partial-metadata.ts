import { type JsonObject, notAcceptable } from '@fairlead/apimachinery'
import type { Transform } from '../../negotiation/output.ts'

/** The metadata of an object and nothing else, as meta.k8s.io PartialObjectMetadata. */
export function partialMetadata(object: JsonObject, version: Transform['version']): JsonObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: object['metadata'] ?? {},
  }
}

/** A list was asked for as a single object: NotAcceptable. */
export function listIsNotPartialMetadata(listKind: string): Error {
  return notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (*${listKind})`)
}

/** A single object was asked for as a list: NotAcceptable. */
export function objectIsNotPartialMetadataList(kind: string): Error {
  return notAcceptable(`you requested PartialObjectMetadataList, but the requested object is not a list (*${kind})`)
}
