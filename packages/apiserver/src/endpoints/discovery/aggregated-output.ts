import { type AcceptClause, parseAccept } from '../../negotiation/accept-header.ts'
import { mediaTypes, type WireFormat, wireFormats } from '../../negotiation/media-type.ts'
import { matchesFormat, type Output } from '../../negotiation/output.ts'
import { wantsPretty } from '../../negotiation/pretty.ts'
import type { ApiRequest } from '../../request/api-request.ts'

const kind = { g: 'apidiscovery.k8s.io', v: 'v2', as: 'APIGroupDiscoveryList' } as const

/** The Content-Type of the aggregated document: its parameters tell clients that it is aggregated. */
export function aggregatedMediaType(format: WireFormat): string {
  return `${mediaTypes[format]};g=${kind.g};v=${kind.v};as=${kind.as}`
}

/**
 * How to write the aggregated document; undefined for requests that want the other ones. The first clause that asks for
 * version v2 decides, also behind plain clauses; v2beta1 is not served, so that its clause is passed over.
 */
export function aggregatedOutput(request: Pick<ApiRequest, 'rawQuery' | 'query' | 'headers'>): Output | undefined {
  const accept = request.headers['accept']
  if (accept === undefined || !accept.includes(kind.g)) return undefined
  for (const clause of parseAccept(accept)) {
    if (!asksForAggregated(clause)) continue
    const format = wireFormats.find((offer) => matchesFormat(clause, offer) && canStream(clause, offer))
    if (format === undefined) continue
    const pretty = format === 'json' && (clause.parameters.get('pretty') === '1' || wantsPretty(request))
    return { format, pretty }
  }
  return undefined
}

function asksForAggregated({ parameters }: AcceptClause): boolean {
  if ((parameters.get('sv') ?? '') !== '') return false
  return parameters.get('g') === kind.g && parameters.get('v') === kind.v && parameters.get('as') === kind.as
}

function canStream({ parameters }: AcceptClause, format: WireFormat): boolean {
  const stream = parameters.get('stream') ?? ''
  return stream === '' || (stream === 'watch' && format !== 'yaml')
}
