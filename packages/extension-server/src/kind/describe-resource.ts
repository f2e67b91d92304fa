import {
  badRequest,
  compareKubeVersions,
  deepCopy,
  formatGroupVersion,
  type JsonObject,
  type KubeObject,
  quote,
} from '@fairlead/apimachinery'
import type {
  KindDescription,
  ResourceDescription,
  ResourceVersion,
  ScaleMapping,
  SubresourceDescription,
  Verb,
} from '@fairlead/openapi'
import type { KindDefinitions } from '../schema/definitions.ts'
import { validateNode } from '../schema/validate.ts'
import { describeVersion } from './describe-kind.ts'
import { collectFieldErrors } from './field-errors.ts'
import type { ErasedKindVersion, Kind, KindSubresources } from './kind.ts'
import { objectPath, setAtPath } from './object-path.ts'
import { kindStrategy, statusStrategy } from './strategy.ts'
import { storageVersionHash } from './storage-version-hash.ts'
import { kindColumns } from './table.ts'

/** A kind as the generic API server serves it, and the definitions that its OpenAPI documents show. */
export interface DescribedResource {
  readonly resource: ResourceDescription
  readonly definitions: readonly KindDefinitions[]
}

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/**
 * Describes a kind. `scaleKind` reads Scale bodies. `verbs` narrows what is served; resources without `stored` are kept
 * elsewhere.
 */
export function describeResource(
  { group, version, kind, plural, options }: Kind<unknown>,
  parts: {
    readonly scaleKind: KindDescription | undefined
    readonly verbs?: readonly Verb[]
    readonly stored: boolean
  },
): DescribedResource {
  const main = describeVersion({ group, version, kind }, options.node, options.default)
  const stored = main.description
  const others = Object.entries(options.versions).map(
    ([name, other]) => [other, describeVersion({ group, version: name, kind }, other.node, other.default)] as const,
  )
  const strategy = kindStrategy(options, stored)
  const hash = parts.stored ? storageVersionHash({ group, version, kind }) : undefined
  const shared = {
    servedByDefault: true,
    fieldLabel: fieldLabels(options.selectableFields ?? []),
    ...(hash === undefined ? {} : { storageVersionHash: hash }),
  }
  const versions: ResourceVersion[] = [
    { ...shared, version, kind: stored, toStorage: (object) => object, fromStorage: (object) => object },
    ...others.map(([other, described]) => ({
      ...shared,
      version: described.description.version,
      kind: described.description,
      ...conversions(other, { stored, own: described.description }),
      ...createValidation(other),
      ...schemaValidation(other, options.subresources),
    })),
  ]
  const resource: ResourceDescription = {
    group,
    resource: plural,
    singular: options.singular ?? kind.toLowerCase(),
    kind,
    listKind: options.listKind ?? `${kind}List`,
    namespaced: options.namespaced,
    shortNames: options.shortNames ?? [],
    categories: options.categories ?? [],
    verbs: [...(parts.verbs ?? allVerbs)].sort(),
    versions: versions.sort((a, b) => compareKubeVersions(a.version, b.version)),
    ...(parts.stored
      ? { storage: { prefix: `${group}/${plural}`, apiVersion: formatGroupVersion({ group, version }), kind } }
      : {}),
    strategy,
    subresources: describeSubresources(options.subresources, {
      kind: { group, version, kind },
      status: statusStrategy(options, strategy),
      scaleKind: parts.scaleKind,
    }),
    columns: kindColumns(options.columns),
  }
  return { resource, definitions: [main.definitions, ...others.map(([, { definitions }]) => definitions)] }
}

function createValidation({ validateCreate }: ErasedKindVersion): Pick<ResourceVersion, 'validateCreate'> {
  if (validateCreate === undefined) return {}
  return { validateCreate: (object) => collectFieldErrors((errors) => validateCreate(object, errors)) }
}

/** The schema of a version beside the stored one. A status that has an endpoint of its own is not looked at here. */
function schemaValidation(
  { node }: ErasedKindVersion,
  { status }: KindSubresources<JsonObject>,
): Pick<ResourceVersion, 'validate'> {
  const { status: _status, ...withoutStatus } = node.fields
  const written = status === true ? { ...node, fields: withoutStatus } : node
  return { validate: (object) => validateNode(written, object, undefined) }
}

/** Conversion gives whole objects in the order of their schema; metadata is carried over by itself. */
function conversions(
  version: ErasedKindVersion,
  { stored, own }: { readonly stored: KindDescription; readonly own: KindDescription },
): Pick<ResourceVersion, 'toStorage' | 'fromStorage'> {
  const convert =
    (target: KindDescription, fields: (object: KubeObject) => JsonObject) =>
    (object: KubeObject): KubeObject => {
      const converted = {
        ...fields(deepCopy(object)),
        apiVersion: formatGroupVersion(target),
        kind: target.kind,
        metadata: object.metadata,
      }
      return { ...target.decode(converted).object, metadata: object.metadata } as KubeObject
    }
  return { toStorage: convert(stored, version.toStored), fromStorage: convert(own, version.fromStored) }
}

function describeSubresources(
  { status, scale, connect }: KindSubresources<JsonObject>,
  parts: {
    readonly kind: { readonly group: string; readonly version: string; readonly kind: string }
    readonly status: ResourceDescription['strategy']
    readonly scaleKind: KindDescription | undefined
  },
): readonly SubresourceDescription[] {
  const objectVerbs = ['get', 'patch', 'update']
  return [
    ...(status === true
      ? [
          {
            name: 'status',
            kind: parts.kind,
            verbs: objectVerbs,
            type: { of: 'object', strategy: parts.status },
          } as const,
        ]
      : []),
    ...(scale === undefined || parts.scaleKind === undefined
      ? []
      : [
          {
            name: 'scale',
            kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
            verbs: objectVerbs,
            kindDescription: parts.scaleKind,
            type: { of: 'scale', scale: scaleMapping(scale) },
          } as const,
        ]),
    ...Object.entries(connect ?? {}).map(([name, { verbs = ['create', 'get'] }]) => ({
      name,
      kind: parts.kind,
      verbs: [...verbs].sort(),
      type: { of: 'connect', path: true, options: [] } as const,
    })),
  ]
}

function scaleMapping(scale: NonNullable<KindSubresources<JsonObject>['scale']>): ScaleMapping {
  const replicas = objectPath(scale.specReplicasPath)
  const statusReplicas = objectPath(scale.statusReplicasPath)
  const selector = scale.labelSelectorPath === undefined ? undefined : objectPath(scale.labelSelectorPath)
  const asObject = (value: JsonObject): KubeObject => value as KubeObject
  return {
    replicas: (parent) => Number(replicas(asObject(parent)) ?? 0),
    statusReplicas: (parent) => Number(statusReplicas(asObject(parent)) ?? 0),
    selector: (parent) => String(selector?.(asObject(parent)) ?? ''),
    setReplicas: (parent, count) => setAtPath(parent, scale.specReplicasPath, count),
  }
}

function fieldLabels(selectable: readonly string[]): (label: string) => string {
  const known = new Set(['metadata.name', 'metadata.namespace', ...selectable])
  const listed = [...known].map(quote).join(', ')
  return (label) => {
    if (!known.has(label)) throw badRequest(`${quote(label)} is not a known field selector: only ${listed}`)
    return label
  }
}
