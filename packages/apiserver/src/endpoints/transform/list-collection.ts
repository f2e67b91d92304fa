import type { JsonObject } from '@fairlead/apimachinery'
import type { KindDescription } from '@fairlead/openapi'
import { packageOf } from '../../negotiation/body-kind.ts'
import type { Collection } from '../../negotiation/encode-collection.ts'
import type { Output } from '../../negotiation/output.ts'
import type { ListResult } from '../../registry/rest/capabilities.ts'
import type { ServedResource } from '../served-resource.ts'
import { listItems, rawListItems } from './list-items.ts'
import { listIsNotPartialMetadata, partialMetadata } from './partial-metadata.ts'
import { type IncludeObject, type TableOptions, tableHead, tableRows } from './table.ts'

/** What a list is shown with. */
export interface ListView {
  readonly output: Output
  readonly includeObject: IncludeObject
  /** Milliseconds since the epoch, for ages in tables. */
  readonly now: number
  /** meta.k8s.io PartialObjectMetadata, for its protobuf form. */
  readonly partialKind: KindDescription | undefined
}

/** A list result in the form that the client asked for. Throws NotAcceptable for a form of single objects. */
export function listCollection(resource: ServedResource, result: ListResult, view: ListView): Collection {
  const { transform } = view.output
  switch (transform?.kind) {
    case undefined:
      return plainCollection(resource, result, view.output)
    case 'PartialObjectMetadata':
      throw listIsNotPartialMetadata(`${packageOf(resource)}.${resource.listKind}`)
    case 'PartialObjectMetadataList':
      return partialCollection(result, transform.version, view)
    case 'Table':
      return tableCollection(resource, result, { ...view, version: transform.version })
  }
}

function plainCollection(resource: ServedResource, result: ListResult, { format, pretty }: Output): Collection {
  const { kind } = resource
  const head = {
    kind: resource.listKind,
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    metadata: listMetadata(result),
  }
  const bytes = format === 'json' && !pretty ? rawListItems(resource, result.items) : undefined
  return {
    head,
    array: 'items',
    elements: bytes ?? (() => listItems(resource, result.items)),
    ...(kind.protobuf !== undefined && { protobuf: kind.protobuf }),
  }
}

function partialCollection(
  result: ListResult,
  version: 'v1' | 'v1beta1',
  { partialKind }: Pick<ListView, 'partialKind'>,
): Collection {
  return {
    head: {
      kind: 'PartialObjectMetadataList',
      apiVersion: `meta.k8s.io/${version}`,
      metadata: listMetadata(result),
    },
    array: 'items',
    *elements() {
      for (const item of result.items) yield partialMetadata(item.object(), version)
    },
    ...(partialKind?.protobuf !== undefined && { protobuf: partialKind.protobuf }),
  }
}

function tableCollection(
  resource: ServedResource,
  result: ListResult,
  { version, includeObject, now }: Pick<TableOptions, 'version' | 'includeObject' | 'now'>,
): Collection {
  const columns = resource.columns ?? { definitions: [], print: () => [] }
  const options: TableOptions = {
    columns,
    version,
    includeObject,
    now,
    fromStorage: (object) => resource.fromStorage(object),
  }
  return {
    head: tableHead(options, listMetadata(result)),
    array: 'rows',
    *elements() {
      for (const item of result.items) yield* tableRows(item.object(), options)
    },
  }
}

function listMetadata({ revision, continue: token, remainingItemCount }: ListResult): JsonObject {
  // Lists of what has no revisions (computed values) have no resourceVersion.
  const metadata: JsonObject = revision === 0 ? {} : { resourceVersion: String(revision) }
  if (token !== '') metadata['continue'] = token
  if (remainingItemCount !== undefined) metadata['remainingItemCount'] = remainingItemCount
  return metadata
}
