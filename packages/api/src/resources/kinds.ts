import type { GroupVersionKind } from '@fairlead/apimachinery'
import type { KindDescription } from '@fairlead/openapi'
import { publishedKinds } from '../definitions/definitions.ts'
import { once } from '../values/once.ts'
import { describeKind } from './kind-description.ts'

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** Kinds that are accepted under names that no document publishes. */
const aliases: Readonly<Record<string, string>> = {
  'meta.k8s.io/v1/DeleteOptions': `${meta}DeleteOptions`,
  'meta.k8s.io/v1/Status': `${meta}Status`,
  'meta.k8s.io/v1/WatchEvent': `${meta}WatchEvent`,
  'meta.k8s.io/v1/PartialObjectMetadata': `${meta}PartialObjectMetadata`,
  'meta.k8s.io/v1/PartialObjectMetadataList': `${meta}PartialObjectMetadataList`,
  'meta.k8s.io/v1beta1/PartialObjectMetadata': `${meta}PartialObjectMetadata`,
  'meta.k8s.io/v1beta1/PartialObjectMetadataList': `${meta}PartialObjectMetadataList`,
  'policy/v1beta1/Eviction': 'io.k8s.api.policy.v1.Eviction',
}

interface KindIndex {
  /** Definition names by `group/version/Kind`. */
  readonly definitions: ReadonlyMap<string, string>
  readonly described: Map<string, KindDescription>
}

const index: () => KindIndex = once(() => {
  const definitions = new Map(Object.entries(aliases))
  for (const [kind, name] of publishedKinds()) definitions.set(keyOf(kind), name)
  return { definitions, described: new Map() }
})

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`
}

/**
 * Every built-in kind: resources and their lists, DeleteOptions and WatchEvent of each group, Status, Scale, Binding,
 * Eviction, TokenRequest, the reviews and the kinds of meta.k8s.io. Undefined for any other kind.
 */
export function builtinKind(kind: GroupVersionKind): KindDescription | undefined {
  const { definitions, described } = index()
  const key = keyOf(kind)
  const known = described.get(key)
  if (known !== undefined) return known
  const name = definitions.get(key)
  if (name === undefined) return undefined
  const description = describeKind(kind, name)
  described.set(key, description)
  return description
}
