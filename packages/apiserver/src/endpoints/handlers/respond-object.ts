import type { GroupVersionKind, JsonObject, KubeObject } from '@fairlead/apimachinery'
import { packageOf } from '../../negotiation/body-kind.ts'
import { type Collection, encodeCollection } from '../../negotiation/encode-collection.ts'
import { encodedJsonBody, encodeObject } from '../../negotiation/encode-object.ts'
import type { Output, OutputOffer } from '../../negotiation/output.ts'
import { respondWithBytes, respondWithCollection } from '../../negotiation/respond.ts'
import type { ListResult } from '../../registry/rest/capabilities.ts'
import type { StoredObject } from '../../registry/rest/stored-object.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { ServedResource } from '../served-resource.ts'
import { listCollection } from '../transform/list-collection.ts'
import { objectIsNotPartialMetadataList, partialMetadata } from '../transform/partial-metadata.ts'
import { parseIncludeObject, tableHead, tableRows } from '../transform/table.ts'
import type { HandlerServices } from './handler-services.ts'

/** meta.k8s.io PartialObjectMetadata; its two versions have one protobuf form. */
export const partialMetadataKind: GroupVersionKind = {
  group: 'meta.k8s.io',
  version: 'v1',
  kind: 'PartialObjectMetadata',
}

const statusKind: GroupVersionKind = { group: '', version: 'v1', kind: 'Status' }

/** The response under way: who asks, for what, and what they take. */
export interface Reply {
  readonly services: HandlerServices
  readonly resource: ServedResource
  readonly context: RequestContext
  readonly output: Output
}

/** What a resource can be shown as. */
export function outputOffer(resource: ServedResource): OutputOffer {
  return { protobuf: resource.kind.protobuf !== undefined, table: resource.columns !== undefined }
}

/** Negotiates the output of a request for a single object. Throws NotAcceptable. */
export function beginReply(services: HandlerServices, resource: ServedResource, context: RequestContext): Reply {
  const output = services.negotiator.output(context.request, outputOffer(resource), false)
  return { services, resource, context, output }
}

/** Answers with a stored object; where the client takes the stored form, with its very bytes. */
export function respondWithStored(reply: Reply, status: number, stored: StoredObject): Answer {
  const { resource, context, output } = reply
  if (resource.isStorageVersion && output.format === 'json' && !output.pretty && output.transform === undefined) {
    context.audit?.responded(() => Buffer.from(stored.bytes).toString())
    return respondWithBytes(context.request, status, { format: 'json', body: encodedJsonBody(stored.bytes) })
  }
  return respondWithObject(reply, status, stored.object())
}

/** Answers with an object in stored form. */
export function respondWithObject(reply: Reply, status: number, object: KubeObject): Answer {
  const { services, resource, context, output } = reply
  const { transform, format } = output
  const protobuf = transform === undefined ? resource.kind.protobuf : services.findKind(partialMetadataKind)?.protobuf
  const shown = shownObject(reply, object)
  context.audit?.responded(() => shown)
  const body = encodeObject(shown, output, protobuf)
  return respondWithBytes(context.request, status, { format, body })
}

/** Answers with a Status, which is never transformed. */
export function respondWithStatus({ services, context, output }: Reply, code: number, status: JsonObject): Answer {
  context.audit?.respondedStatus(status)
  const body = encodeObject(status, output, services.findKind(statusKind)?.protobuf)
  return respondWithBytes(context.request, code, { format: output.format, body })
}

/** Answers with a list. */
export function respondWithList({ services, resource, context, output }: Reply, result: ListResult): ApiResponse {
  const view = {
    output,
    includeObject: output.transform?.kind === 'Table' ? parseIncludeObject(context.request.query) : 'Metadata',
    now: services.clock.now(),
    partialKind: services.findKind(partialMetadataKind),
  } as const
  const collection = listCollection(resource, result, view)
  context.audit?.responded(() => collectionJson(listCollection(resource, result, { ...view, output: plain(output) })))
  return respondWithCollection(context.request, 200, { collection, encoding: output })
}

/** The same list as compact JSON, whatever the client takes. */
function plain(output: Output): Output {
  return { ...output, format: 'json', pretty: false }
}

function collectionJson(collection: Collection): string {
  return Buffer.concat([...encodeCollection(collection, { format: 'json', pretty: false })]).toString()
}

type Answer = ApiResponse | Promise<ApiResponse>

function shownObject({ services, resource, context, output }: Reply, object: KubeObject): JsonObject {
  const { transform } = output
  switch (transform?.kind) {
    case undefined:
      return resource.fromStorage(object)
    case 'PartialObjectMetadata':
      return partialMetadata(object, transform.version)
    case 'PartialObjectMetadataList':
      throw objectIsNotPartialMetadataList(`${packageOf(resource.kind)}.${resource.kind.kind}`)
    case 'Table': {
      const { columns = { definitions: [], print: () => [] } } = resource
      const options = {
        columns,
        version: transform.version,
        includeObject: parseIncludeObject(context.request.query),
        now: services.clock.now(),
        fromStorage: (stored: KubeObject) => resource.fromStorage(stored),
      }
      const { resourceVersion = '' } = object.metadata
      const metadata = resourceVersion === '' ? {} : { resourceVersion }
      return { ...tableHead(options, metadata), rows: tableRows(object, options) }
    }
  }
}
