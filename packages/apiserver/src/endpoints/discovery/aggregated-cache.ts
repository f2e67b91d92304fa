import { createHash } from 'node:crypto'
import { encodeJson, type JsonObject } from '@fairlead/apimachinery'
import type { ProtobufForm } from '@fairlead/openapi'
import { encodedJsonBody, encodeObject } from '../../negotiation/encode-object.ts'
import type { Output } from '../../negotiation/output.ts'
import { apiGroupDiscoveryList } from './aggregated-document.ts'
import type { DiscoveryGroup } from './discovery-groups.ts'

/** One aggregated document of the two. */
export interface AggregatedDocument {
  /** Of the JSON form, quoted: the same in every format. */
  readonly etag: string
  /** Made when first asked for. */
  body(output: Output): Uint8Array
}

/** The aggregated documents of `/api` and `/apis`, made again only when the groups have changed. */
export function createAggregatedCache(
  groups: () => readonly DiscoveryGroup[],
  protobuf: () => ProtobufForm | undefined,
): (which: 'core' | 'named') => AggregatedDocument {
  const documents = new Map<'core' | 'named', { groups: readonly DiscoveryGroup[]; document: AggregatedDocument }>()
  return (which) => {
    const current = groups()
    let known = documents.get(which)
    if (known?.groups !== current) {
      const wanted = current.filter(({ name }) => (name === '') === (which === 'core'))
      known = { groups: current, document: documentOf(apiGroupDiscoveryList(wanted), protobuf) }
      documents.set(which, known)
    }
    return known.document
  }
}

function documentOf(list: JsonObject, protobuf: () => ProtobufForm | undefined): AggregatedDocument {
  const json = Buffer.from(encodeJson(list))
  const hash = createHash('sha512').update(json).digest('hex').toUpperCase()
  const bodies = new Map<string, Uint8Array>([['json', encodedJsonBody(json)]])
  return {
    etag: `"${hash}"`,
    body(output) {
      const key = output.pretty ? 'pretty' : output.format
      let body = bodies.get(key)
      if (body === undefined) {
        body = encodeObject(list, output, protobuf())
        bodies.set(key, body)
      }
      return body
    },
  }
}
