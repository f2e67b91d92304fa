import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { RemoteSpec } from './remote-spec.ts'

/** The documents of a server, as they were last good, and what it called them. */
export interface OpenApiSnapshot {
  readonly spec?: RemoteSpec | undefined
  readonly etag?: string | undefined
  readonly digest?: string | undefined
  readonly v3Url?: string | undefined
  readonly v3Etag?: string | undefined
  readonly isLegacy?: boolean | undefined
}

const texts = ['etag', 'digest', 'v3Url', 'v3Etag'] as const

export function writeOpenApiSnapshot(snapshot: OpenApiSnapshot): JsonObject {
  const { spec, isLegacy } = snapshot
  return {
    ...Object.fromEntries(texts.flatMap((key) => (snapshot[key] === undefined ? [] : [[key, snapshot[key]]]))),
    ...(spec === undefined
      ? {}
      : {
          v2: {
            info: spec.info,
            securityDefinitions: spec.securityDefinitions,
            paths: Object.fromEntries(spec.paths),
            definitions: Object.fromEntries(spec.definitions),
          },
        }),
    ...(isLegacy === true ? { isLegacy } : {}),
  }
}

/** Undefined for what this version did not write. */
export function readOpenApiSnapshot({ v2, isLegacy, ...rest }: JsonObject): OpenApiSnapshot | undefined {
  const spec = v2 === undefined ? undefined : readSpec(v2)
  if (v2 !== undefined && spec === undefined) return undefined
  return {
    ...Object.fromEntries(texts.flatMap((key) => (typeof rest[key] === 'string' ? [[key, rest[key]]] : []))),
    ...(spec === undefined ? {} : { spec }),
    ...(isLegacy === true ? { isLegacy } : {}),
  }
}

function readSpec(value: JsonValue): RemoteSpec | undefined {
  if (!isJsonObject(value)) return undefined
  const { info, securityDefinitions, paths, definitions } = value
  const [pathItems, schemas] = [objectsByKey(paths), objectsByKey(definitions)]
  if (!isJsonObject(info) || !isJsonObject(securityDefinitions) || !pathItems || !schemas) return undefined
  return { info, securityDefinitions, paths: pathItems, definitions: schemas }
}

function objectsByKey(value: JsonValue | undefined): ReadonlyMap<string, JsonObject> | undefined {
  if (!isJsonObject(value)) return undefined
  const entries = Object.entries(value).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1]))
  return entries.length === Object.keys(value).length ? new Map(entries) : undefined
}
