import { notAcceptable } from '@fairlead/apimachinery'
import type { AcceptClause } from './accept-header.ts'
import { mediaTypes, streamMediaTypes, type WireFormat, wireFormats } from './media-type.ts'

/** What the client wants to see instead of the object. Versions of meta.k8s.io. */
export interface Transform {
  readonly kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'
  readonly version: 'v1' | 'v1beta1'
}

/** How a response is written. */
export interface Output {
  readonly format: WireFormat
  /** Indented; JSON only. */
  readonly pretty: boolean
  readonly transform?: Transform
}

/** What an endpoint can offer besides plain JSON and YAML. PartialObjectMetadata it always can. */
export interface OutputOffer {
  readonly protobuf: boolean
  readonly table: boolean
}

/** The best output for the clauses of an Accept header; undefined when nothing fits. */
export function negotiateOutput(clauses: readonly AcceptClause[], offer: OutputOffer): Output | undefined {
  for (const clause of clauses) {
    for (const format of wireFormats) {
      if (!matchesFormat(clause, format)) continue
      const output = outputOf(clause, format, offer)
      if (output !== undefined) return output
    }
  }
  return undefined
}

/** What an Accept header that nothing fits is answered with: 406. */
export function outputNotAcceptable(): Error {
  return notAcceptable(`only the following media types are accepted: ${wireFormats.map(mediaTypeOf).join(', ')}`)
}

/** The same for watch streams, which YAML cannot carry. */
export function streamNotAcceptable(): Error {
  return notAcceptable(`only the following media types are accepted: ${streamMediaTypes.join(', ')}`)
}

function mediaTypeOf(format: WireFormat): string {
  return mediaTypes[format]
}

/** Whether a clause names a format, its parameters aside. */
export function matchesFormat(clause: AcceptClause, format: WireFormat): boolean {
  if (clause.subtype === '*') return clause.type === '*' || clause.type === 'application'
  return clause.type === 'application' && mediaTypes[format].slice('application/'.length) === clause.subtype
}

function outputOf(clause: AcceptClause, format: WireFormat, offer: OutputOffer): Output | undefined {
  const { parameters } = clause
  if (parameters.size === 0) return plain(format, false, offer)
  const stream = parameters.get('stream') ?? ''
  if (stream !== '' && (stream !== 'watch' || format === 'yaml')) return undefined
  const serverVersion = parameters.get('sv') ?? ''
  if (serverVersion !== '' && serverVersion !== 'v1') return undefined
  const pretty = format === 'json' && parameters.get('pretty') === '1'
  const kind = parameters.get('as')
  const group = parameters.get('g')
  const version = parameters.get('v')
  if (kind === undefined && group === undefined && version === undefined) return plain(format, pretty, offer)
  if (group !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return undefined
  switch (kind) {
    case 'Table':
      if (!offer.table || format === 'protobuf') return undefined
      return { format, pretty, transform: { kind, version } }
    case 'PartialObjectMetadata':
    case 'PartialObjectMetadataList':
      return { format, pretty, transform: { kind, version } }
    default:
      return undefined
  }
}

function plain(format: WireFormat, pretty: boolean, offer: OutputOffer): Output | undefined {
  return format === 'protobuf' && !offer.protobuf ? undefined : { format, pretty }
}
