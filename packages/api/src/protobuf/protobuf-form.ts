import { decodeMessage, encodeMessage, type MessageType } from '@fairlead/apimachinery'
import type { ProtobufForm } from '@fairlead/openapi'
import { definition, definitionNames } from '../definitions/definitions.ts'
import { createMessageTypes } from './message-types.ts'
import { unpublishedKinds } from './unpublished-kinds.ts'

interface Forms {
  readonly published: (name: string) => MessageType
  readonly names: ReadonlySet<string>
  readonly unpublished: ReadonlyMap<string, MessageType>
  readonly forms: Map<string, ProtobufForm | undefined>
}

/**
 * The protobuf form of a definition such as `io.k8s.api.apps.v1.Deployment` or `io.k8s.api.apps.v1.DeploymentList`;
 * undefined for a name that is unknown or that protobuf does not know. Meta kinds that are not published
 * (PartialObjectMetadata and its list, the option kinds, `io.k8s.api.apidiscovery.v2.APIGroupDiscoveryList`) have one too.
 * What decode gives is what a JSON client would send, without zero values that only protobuf writes.
 */
export function protobufForm(definitionName: string): ProtobufForm | undefined {
  const loaded = load()
  if (!loaded.forms.has(definitionName)) loaded.forms.set(definitionName, makeForm(definitionName, loaded))
  return loaded.forms.get(definitionName)
}

/** The protobuf form of the aggregated discovery document, which is no kind that a client may send. */
export function aggregatedDiscoveryForm(): ProtobufForm | undefined {
  return protobufForm('io.k8s.api.apidiscovery.v2.APIGroupDiscoveryList')
}

function makeForm(name: string, { published, names, unpublished }: Forms): ProtobufForm | undefined {
  const type = unpublished.get(name) ?? (names.has(name) && hasNumbers(name) ? published(name) : undefined)
  if (type === undefined) return undefined
  return {
    encode: (object) => encodeMessage(type, object),
    decode: (message) => decodeMessage(type, message),
  }
}

function hasNumbers(name: string): boolean {
  const { fields, embeds } = definition(name)
  return embeds.length > 0 || fields.some(({ number }) => number !== undefined)
}

const load: () => Forms = once(() => {
  const published = createMessageTypes()
  return {
    published,
    names: new Set(definitionNames()),
    unpublished: unpublishedKinds(published),
    forms: new Map(),
  }
})

function once<T>(make: () => T): () => T {
  let value: { readonly made: T } | undefined
  return () => {
    value ??= { made: make() }
    return value.made
  }
}
