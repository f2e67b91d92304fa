import { builtinKind, definitionSource } from '@fairlead/api'
import type { Clock, JsonObject } from '@fairlead/apimachinery'
import type { RestResource } from '@fairlead/apiserver'
import type { DefinitionSource, KindDescription, ResourceDescription } from '@fairlead/openapi'
import { describeResource } from '../kind/describe-resource.ts'
import type { Kind } from '../kind/kind.ts'
import type { KindDefinitions } from '../schema/definitions.ts'
import { withAnsweredErrors } from '../storage/answered-errors.ts'
import type { ProvidedKind } from '../storage/provider.ts'
import type { AnyProvider } from '../storage/provider-parts.ts'
import { providerRest } from '../storage/provider-rest.ts'
import { providerVerbs } from '../storage/provider-verbs.ts'
import { objectMaker } from '../storage/provided-object.ts'
import { connecter } from './connecter.ts'

/** A kind with the server's storage, or one that a provider keeps. */
export type ServedKind = Kind<unknown> | ProvidedKind

/** Everything that the generic server needs of the kinds. */
export interface DescribedKinds {
  readonly resources: readonly ResourceDescription[]
  readonly kinds: readonly KindDescription[]
  /** Resources and subresources that the server's own storage does not answer, by path. */
  readonly elsewhere: Readonly<Record<string, RestResource>>
  /** Definitions for OpenAPI, the built-in ones included. */
  definitions(): Promise<DefinitionSource>
}

/** Describes kinds. `read` gives the newest object of a stored kind, for its connect subresources. */
export function describeKinds(
  served: readonly ServedKind[],
  parts: {
    readonly clock: Clock
    readonly read: (group: string, resource: string, key: { namespace: string; name: string }) => Promise<JsonObject>
  },
): DescribedKinds {
  const resources: ResourceDescription[] = []
  const definitions: KindDefinitions[] = []
  const elsewhere: Record<string, RestResource> = {}
  const scaleKind = builtinKind({ group: 'autoscaling', version: 'v1', kind: 'Scale' })
  for (const entry of served) {
    const kind = 'provider' in entry ? entry.kind : entry
    const provider = 'provider' in entry ? (entry.provider as unknown as AnyProvider) : undefined
    const name = `${kind.plural}.${kind.group}`
    if (resources.some(({ group, resource }) => group === kind.group && resource === kind.plural)) {
      throw new TypeError(`${name} is served twice`)
    }
    const described = describeResource(kind, {
      scaleKind,
      stored: provider === undefined,
      ...(provider === undefined ? {} : { verbs: providerVerbs(provider as never, name) }),
    })
    resources.push(described.resource)
    definitions.push(...described.definitions)
    const path = `${kind.group}/${kind.plural}`
    if (provider !== undefined) elsewhere[path] = provided(described.resource, kind, { provider, clock: parts.clock })
    for (const [subresource, connect] of Object.entries(kind.options.subresources.connect ?? {})) {
      const rest = elsewhere[path]
      elsewhere[`${path}/${subresource}`] = connecter(connect, async (context, key) =>
        rest?.get === undefined
          ? await parts.read(kind.group, kind.plural, key)
          : ((await rest.get(context, key, { resourceVersion: '' })).object() as JsonObject),
      )
    }
  }
  return {
    resources,
    kinds: resources.flatMap(({ versions }) => versions.map(({ kind }) => kind)),
    elsewhere,
    async definitions() {
      const builtin = await definitionSource()
      const own = new Map(definitions.flatMap((set) => [...set.definitions.keys()].map((name) => [name, set] as const)))
      return (name) => own.get(name)?.document(name) ?? builtin(name)
    },
  }
}

function provided(
  description: ResourceDescription,
  { version }: Kind<unknown>,
  { provider, clock }: { readonly provider: AnyProvider; readonly clock: Clock },
): RestResource {
  const stored = description.versions.find((candidate) => candidate.version === version)
  if (stored === undefined) throw new TypeError(`${description.resource} has no version ${version}`)
  const make = objectMaker(description, { version, decode: (body) => stored.kind.decode(body) })
  return providerRest({ description, provider: withAnsweredErrors(provider), make, clock })
}
