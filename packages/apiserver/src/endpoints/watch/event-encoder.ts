import {
  encodeJson,
  formatGroupVersion,
  frameWatchEvent,
  type JsonObject,
  type KubeObject,
  StatusError,
} from '@fairlead/apimachinery'
import { encodeObject } from '../../negotiation/encode-object.ts'
import type { Output } from '../../negotiation/output.ts'
import type { KindFinder } from '../../negotiation/render-error.ts'
import type { WatchEvent } from '../../registry/rest/capabilities.ts'
import type { StoredObject } from '../../registry/rest/stored-object.ts'
import type { ServedResource } from '../served-resource.ts'
import { partialMetadata } from '../transform/partial-metadata.ts'
import { type IncludeObject, type TableOptions, tableHead, tableRows } from '../transform/table.ts'

/** How the events of one watch are written. */
export interface EventEncoding {
  readonly resource: ServedResource
  readonly output: Output
  readonly includeObject: IncludeObject
  readonly findKind: KindFinder
  /** Milliseconds since the epoch, for ages in tables. */
  now(): number
}

/** Frames events one by one; a Table has its columns in the first one only. */
export type EventEncoder = (event: WatchEvent) => Uint8Array

type BookmarkEvent = Extract<WatchEvent, { type: 'BOOKMARK' }>

const statusKind = { group: '', version: 'v1', kind: 'Status' }
const partialKind = { group: 'meta.k8s.io', version: 'v1', kind: 'PartialObjectMetadata' }
const newline = Buffer.from('}\n')

/** An encoder of one watch. Frames of changes are kept with the change, for all watches with the same encoding. */
export function createEventEncoder(encoding: EventEncoding): EventEncoder {
  const { resource, output } = encoding
  const base = [formatGroupVersion(resource.kind), output.format, output.transform?.kind, output.transform?.version]
  const memoKey = [...base, encoding.includeObject].join(' ')
  let first = true
  return (event) => {
    if (event.type === 'ERROR') return frameError(event.error, encoding)
    const withColumns = first
    first = false
    if (event.type === 'BOOKMARK') return frameBookmark(event, withColumns, encoding)
    const memo = event.source?.encoded
    if (memo === undefined) return frameStored(event.type, event.object, withColumns, encoding)
    const key = `${event.type} ${memoKey}${output.transform?.kind === 'Table' && withColumns ? ' columns' : ''}`
    const known = memo.get(key)
    if (known !== undefined) return known
    const frame = frameStored(event.type, event.object, withColumns, encoding)
    memo.set(key, frame)
    return frame
  }
}

function frameStored(type: string, stored: StoredObject, withColumns: boolean, encoding: EventEncoding): Uint8Array {
  const { resource, output } = encoding
  if (resource.isStorageVersion && output.format === 'json' && output.transform === undefined) {
    return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), stored.bytes, newline])
  }
  return frameObject(type, stored.object(), withColumns, encoding)
}

/** `object` is in stored form. */
function frameObject(type: string, object: KubeObject, withColumns: boolean, encoding: EventEncoding): Uint8Array {
  return frameShown(type, shownObject(object, withColumns, encoding), encoding)
}

function frameBookmark(event: BookmarkEvent, withColumns: boolean, encoding: EventEncoding): Uint8Array {
  const { resource, output } = encoding
  const object = bookmarkObject(resource, event)
  if (output.transform === undefined) return frameShown('BOOKMARK', object, encoding)
  // Printers may count on the fields that every object of the kind has.
  const decoded = resource.kind.decode(object).object as KubeObject
  return frameObject('BOOKMARK', resource.toStorage(decoded), withColumns, encoding)
}

function frameShown(type: string, shown: JsonObject, { resource, output, findKind }: EventEncoding): Uint8Array {
  if (output.format !== 'protobuf') return frameJson(type, shown)
  const kind = output.transform === undefined ? resource.kind : findKind(partialKind)
  return frameWatchEvent(type, encodeObject(shown, output, kind?.protobuf))
}

function frameJson(type: string, object: JsonObject): Uint8Array {
  return Buffer.from(`{"type":"${type}","object":${encodeJson(object)}}\n`)
}

function frameError(error: Error, { output, findKind }: EventEncoding): Uint8Array {
  const { status } = StatusError.from(error)
  if (output.format !== 'protobuf') return frameJson('ERROR', status)
  return frameWatchEvent('ERROR', encodeObject(status, output, findKind(statusKind)?.protobuf))
}

function shownObject(
  object: KubeObject,
  withColumns: boolean,
  { resource, output, includeObject, now }: EventEncoding,
): JsonObject {
  const { transform } = output
  if (transform === undefined) return resource.fromStorage(object)
  if (transform.kind !== 'Table' || resource.columns === undefined) return partialMetadata(object, transform.version)
  const options: TableOptions = {
    columns: resource.columns,
    version: transform.version,
    includeObject,
    now: now(),
    fromStorage: (stored) => resource.fromStorage(stored),
  }
  const { resourceVersion } = object.metadata
  const metadata = resourceVersion === undefined ? {} : { resourceVersion }
  return { ...tableHead(options, metadata, withColumns), rows: tableRows(object, options) }
}

/** An object that has nothing but a revision, in the version of the request. */
function bookmarkObject({ kind }: ServedResource, { revision, initialEventsEnd }: BookmarkEvent): KubeObject {
  return {
    kind: kind.kind,
    apiVersion: formatGroupVersion(kind),
    metadata: {
      resourceVersion: String(revision),
      ...(initialEventsEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  }
}
