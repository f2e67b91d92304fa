import { createHash } from 'node:crypto'
import {
  type DefinitionSource,
  type DocumentedEndpoint,
  type LazyDocument,
  type Pause,
  openApiV2Document,
  openApiV3Document,
} from '@fairlead/openapi'
import type { ServedResource } from '../served-resource.ts'
import { documentedResource } from './documented-resources.ts'
import { documentedEndpoints, type DocumentParts, documentSet } from './document-set.ts'
import { digestDocument, type RenderedDocument, renderDocument } from './rendered-document.ts'
import { takeTurns } from './take-turns.ts'
import { encodeV2Protobuf } from './v2-protobuf.ts'

/** What the documents are made of. */
export interface OpenApiOptions {
  /** The same array until something changes: documents made of it are kept. */
  served(): readonly ServedResource[]
  /** Paths besides resources and discovery that the documents show. */
  readonly endpoints?: readonly DocumentedEndpoint[]
  definitions(): Promise<DefinitionSource>
  readonly gitVersion: string
  /** Milliseconds since the epoch. */
  now(): number
  /** Documents of other servers that are shown beside this server's own. */
  readonly others?: OtherDocuments
}

/** Documents that other servers wrote. */
export interface OtherDocuments {
  /** Another value after every change. */
  readonly generation: number
  /** One v2 document of this server's own and the others. */
  mergeV2(own: LazyDocument): LazyDocument
  /** URLs for the v3 index, such as `/openapi/v3/apis/a.io/v1?hash=…`, by their key, such as `apis/a.io/v1`. */
  v3Paths(): ReadonlyMap<string, string>
  /** Documents that this server serves for others, by their key. They stand in place of its own. */
  v3Documents(): ReadonlyMap<string, LazyDocument>
}

/** The documents of what is served at the moment; each is made when it is first asked for. */
export interface DocumentCache {
  v2(): Promise<RenderedDocument>
  /** The v2 document in protobuf; it has the hash of the JSON form. */
  v2Protobuf(): Promise<RenderedDocument>
  /** Where the v3 documents are, with their hashes. */
  index(): Promise<RenderedDocument>
  /** Undefined when there is no such document. */
  v3(path: string): Promise<RenderedDocument> | undefined
}

/** The path and query of a v3 document. */
export function documentUrl(path: string, hash: string): string {
  return `/openapi/v3/${path}?hash=${hash}`
}

/** Keeps documents until the served resources change. */
export function createDocumentCache(options: OpenApiOptions): DocumentCache {
  let current: Documents | undefined
  return {
    v2: () => documents().v2(),
    v2Protobuf: () => documents().v2Protobuf(),
    index: () => documents().index(),
    v3: (path) => documents().v3(path),
  }

  function documents(): Documents {
    const served = options.served()
    if (current?.served !== served) current = documentsOf(served, options)
    return current
  }
}

interface Documents extends DocumentCache {
  readonly served: readonly ServedResource[]
}

function documentsOf(served: readonly ServedResource[], options: OpenApiOptions): Documents {
  const { gitVersion, now } = options
  const definitions = keptWhileUsed(options.definitions)
  const endpoints = documentedEndpoints(served, options.endpoints ?? [])
  const parts = documentSet(served, endpoints)
  const once = createMemo<RenderedDocument>()
  const hashes = createMemo<string>()
  let merged = { generation: options.others?.generation, once: createMemo<RenderedDocument>() }
  /** What holds documents of others is made again when they change. */
  const withOthers: typeof once = (key, make) => {
    const generation = options.others?.generation
    if (merged.generation !== generation) merged = { generation, once: createMemo<RenderedDocument>() }
    return merged.once(key, make)
  }
  const v2Document = async (pause: Pause): Promise<LazyDocument> => {
    const own = await openApiV2Document({
      resources: served.map(documentedResource),
      endpoints,
      definitions: await definitions(),
      gitVersion,
      pause,
    })
    return options.others?.mergeV2(own) ?? own
  }
  const v3Document = (entry: DocumentParts, source: DefinitionSource, pause: Pause): Promise<LazyDocument> =>
    openApiV3Document({ ...entry, definitions: source, gitVersion, pause })

  const v2 = () =>
    withOthers('v2', async () => {
      const pause = takeTurns()
      return renderDocument(await v2Document(pause), now, pause)
    })
  return {
    served,
    v2,
    v2Protobuf: () =>
      withOthers('v2 protobuf', async () => {
        const { hash, modified } = await v2()
        const pause = takeTurns()
        return { bytes: await encodeV2Protobuf(await v2Document(pause), pause), hash, modified }
      }),
    index: () =>
      withOthers('v3', async () => {
        const paths: Record<string, { serverRelativeURL: string }> = {}
        const source = await definitions()
        // One for all: most documents are small, and many small ones in a row would hold up others as well.
        const pause = takeTurns()
        for (const [path, entry] of parts) {
          const hash = await hashes(path, async () => digestDocument(await v3Document(entry, source, pause), pause))
          paths[path] = { serverRelativeURL: documentUrl(path, hash) }
        }
        for (const [path, document] of options.others?.v3Documents() ?? []) {
          paths[path] = { serverRelativeURL: documentUrl(path, await digestDocument(document, pause)) }
        }
        for (const [path, url] of options.others?.v3Paths() ?? []) paths[path] = { serverRelativeURL: url }
        const bytes = Buffer.from(JSON.stringify({ paths }))
        const hash = createHash('sha512').update(bytes).digest('hex').toUpperCase()
        return { bytes, hash, modified: now() }
      }),
    v3(path) {
      const other = options.others?.v3Documents().get(path)
      if (other !== undefined) return withOthers(`v3/${path}`, () => renderDocument(other, now, takeTurns()))
      const entry = parts.get(path)
      const make = async (found: DocumentParts) => {
        const source = await definitions()
        const pause = takeTurns()
        return renderDocument(await v3Document(found, source, pause), now, pause)
      }
      return entry && once(`v3/${path}`, () => make(entry))
    },
  }
}

/** Loads a value again only when memory was wanted for something else: definitions are large, and are not asked for often. */
function keptWhileUsed<Value extends object>(load: () => Promise<Value>): () => Promise<Value> {
  let kept: WeakRef<Value> | undefined
  return async () => {
    const known = kept?.deref()
    if (known !== undefined) return known
    const loaded = await load()
    kept = new WeakRef(loaded)
    return loaded
  }
}

/** Makes each value once; one that could not be made is tried again. */
function createMemo<Value>(): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const values = new Map<string, Promise<Value>>()
  return (key, make) => {
    const known = values.get(key)
    if (known !== undefined) return known
    const value = make()
    values.set(key, value)
    value.catch(() => values.delete(key))
    return value
  }
}
