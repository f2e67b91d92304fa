import { isDns1123Label, isDns1123Subdomain } from '@fairlead/apimachinery'
import type { Infer, SchemaNode, SchemaType } from '../schema/schema-type.ts'
import type { ErasedKindOptions, ErasedKindVersion, Kind, KindOptions, KindVersion, VersionSchemas } from './kind.ts'

/**
 * A kind from one schema: types, decoding, defaults, validation, OpenAPI, discovery and tables follow from it. Throws a
 * `TypeError` that names the kind when the description cannot be served.
 */
export function defineKind<Schema extends SchemaType<unknown>, const Versions extends VersionSchemas = VersionSchemas>(
  options: KindOptions<Schema, Versions>,
): Kind<Infer<Schema>> {
  const { group, version, kind } = options
  const refuse = (problem: string): never => {
    throw new TypeError(`kind ${kind || '?'} of ${group || '?'}/${version || '?'}: ${problem}`)
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(kind)) refuse('the kind must be in CamelCase')
  if (!group.includes('.') || isDns1123Subdomain(group).length > 0) refuse('the group must be a DNS name with a dot')
  const versions = Object.entries(options.versions ?? {})
  for (const name of [version, ...versions.map(([other]) => other)]) {
    if (isDns1123Label(name).length > 0) refuse(`the version "${name}" is not a DNS label`)
  }
  if (version in (options.versions ?? {})) refuse(`the stored version ${version} stands among the other versions`)
  const plural = options.plural ?? pluralOf(kind.toLowerCase())
  if (isDns1123Label(plural).length > 0) refuse(`the plural "${plural}" is not a DNS label`)
  const node = objectNode(options.schema, refuse)
  if (options.subresources?.status === true && node.fields['status'] === undefined) {
    refuse('the status subresource needs a field status in the schema')
  }
  const { schema: _schema, versions: _versions, subresources = {}, ...rest } = options
  const erased = {
    ...rest,
    node,
    versions: Object.fromEntries(versions.map(([name, other]) => [name, eraseVersion(other, refuse)])),
    subresources,
  } as unknown as ErasedKindOptions
  return { group, version, kind, plural, options: erased }
}

type ObjectNode = Extract<SchemaNode, { readonly type: 'object' }>

function eraseVersion<Stored>(
  { schema, ...hooks }: KindVersion<Stored, SchemaType<unknown>>,
  refuse: (problem: string) => never,
): ErasedKindVersion {
  return { ...(hooks as unknown as Omit<ErasedKindVersion, 'node'>), node: objectNode(schema, refuse) }
}

function objectNode({ node }: SchemaType<unknown>, refuse: (problem: string) => never): ObjectNode {
  if (node.type !== 'object') return refuse('the schema must be an object')
  for (const reserved of ['apiVersion', 'kind', 'metadata']) {
    if (node.fields[reserved] !== undefined) refuse(`the field ${reserved} is there without being told`)
  }
  return node
}

/** As upstream guesses it: policy → policies, class → classes, flunder → flunders. */
function pluralOf(singular: string): string {
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : `${singular}s`
}
