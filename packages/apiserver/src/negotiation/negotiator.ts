import { genericServerResponse } from '@fairlead/apimachinery'
import type { ApiRequest } from '../request/api-request.ts'
import { parseAccept } from './accept-header.ts'
import { mediaTypes, streamMediaTypes, wireFormats } from './media-type.ts'
import { negotiateOutput, type Output, type OutputOffer, outputNotAcceptable, streamNotAcceptable } from './output.ts'
import { wantsPretty } from './pretty.ts'

type NegotiatedRequest = Pick<ApiRequest, 'rawQuery' | 'query' | 'headers'>

/** Decides how responses are written. Remembers what it made of frequent Accept headers. */
export interface Negotiator {
  /** Throws NotAcceptable. `collection` widens the list of types in the message to those of watch streams. */
  output(request: NegotiatedRequest, offer: OutputOffer, collection: boolean): Output
  /** Of a watch stream, which is never indented. Throws NotAcceptable. */
  stream(request: NegotiatedRequest, offer: OutputOffer): Output
}

const remembered = 256
const longestKey = 512
const jsonOutput: Output = { format: 'json', pretty: false }
const bareTypes: ReadonlySet<string> = new Set(['*/*', ...wireFormats.map((format) => mediaTypes[format])])

interface Verdict {
  /** False when no clause names a type literally; a wildcard of a subtype does not. */
  readonly routable: boolean
  readonly output: Output | undefined
}

/** A negotiator with a memory of its own, bounded in entries and bytes. */
export function createNegotiator(): Negotiator {
  const memories = [0, 1, 2, 3].map(() => new Map<string, Verdict>())

  function judge(accept: string, offer: OutputOffer): Verdict {
    const memory = memories[(offer.protobuf ? 1 : 0) + (offer.table ? 2 : 0)]
    const known = memory?.get(accept)
    if (known !== undefined) return known
    const verdict = { routable: isRoutable(accept), output: negotiateOutput(parseAccept(accept), offer) }
    if (memory !== undefined && accept.length <= longestKey) {
      if (memory.size >= remembered) memory.clear()
      memory.set(accept, verdict)
    }
    return verdict
  }

  function plainOutput(request: NegotiatedRequest, offer: OutputOffer, collection: boolean): Output {
    const accept = request.headers['accept']
    if (accept === undefined || accept === '') return jsonOutput
    const { routable, output } = judge(accept, offer)
    if (!routable) throw notRoutable(collection)
    if (output === undefined) throw outputNotAcceptable()
    return output
  }

  return {
    output(request, offer, collection) {
      const output = plainOutput(request, offer, collection)
      if (output.pretty || output.format !== 'json' || !wantsPretty(request)) return output
      return { ...output, pretty: true }
    },
    stream(request, offer) {
      const output = plainOutput(request, offer, true)
      if (output.format === 'yaml') throw streamNotAcceptable()
      return output.pretty ? { ...output, pretty: false } : output
    },
  }
}

/** The route itself looks for a literal type before the endpoint does; parameters do not matter to it. */
function isRoutable(accept: string): boolean {
  return accept.split(',').some((clause) => bareTypes.has(clause.split(';', 1)[0]?.replace(/^ +| +$/g, '') ?? ''))
}

function notRoutable(collection: boolean): Error {
  const available = wireFormats.map((format) => mediaTypes[format])
  if (collection) available.push(...streamMediaTypes)
  return genericServerResponse({
    code: 406,
    verb: '',
    gr: { group: '', resource: '' },
    name: '',
    serverMessage: `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`,
    retryAfterSeconds: 0,
  })
}
