/** Message types of kinds that are spoken on the wire although the OpenAPI documents do not define them. */
import {
  type Cardinality,
  defineMessage,
  type MessageField,
  type MessageType,
  type ProtobufFieldType,
} from '@fairlead/apimachinery'

const meta = 'io.k8s.apimachinery.pkg.apis.meta.'
const apidiscovery = 'io.k8s.api.apidiscovery.'

/** The types by definition name; `published` resolves the types of published definitions. */
export function unpublishedKinds(published: (name: string) => MessageType): ReadonlyMap<string, MessageType> {
  const listMeta = published(`${meta}v1.ListMeta`)
  const objectMeta = published(`${meta}v1.ObjectMeta`)
  const partial = defineMessage(`${meta}v1.PartialObjectMetadata`, () => [value(1, 'metadata', objectMeta)])
  const types = [
    partial,
    defineMessage(`${meta}v1.PartialObjectMetadataList`, () => [
      value(1, 'metadata', listMeta),
      list(2, 'items', partial),
    ]),
    defineMessage(`${meta}v1beta1.PartialObjectMetadata`, () => partial.fields),
    // The two fields have changed places since v1beta1.
    defineMessage(`${meta}v1beta1.PartialObjectMetadataList`, () => [
      list(1, 'items', partial),
      value(2, 'metadata', listMeta),
    ]),
    ...optionKinds(),
    ...['v2', 'v2beta1'].map((version) => discoveryList(`${apidiscovery}${version}.`, { listMeta, objectMeta })),
  ]
  return new Map(types.map((type) => [type.name, type]))
}

type Type = MessageType | 'string' | 'bool' | 'int64'

function field(number: number, name: string, cardinality: Cardinality, type: Type): MessageField {
  const fieldType: ProtobufFieldType = typeof type === 'string' ? { kind: type } : { kind: 'message', message: type }
  return { number, name, cardinality, type: fieldType }
}

const value = (number: number, name: string, type: Type): MessageField => field(number, name, 'value', type)
const pointer = (number: number, name: string, type: Type): MessageField => field(number, name, 'pointer', type)
const list = (number: number, name: string, type: Type): MessageField => field(number, name, 'list', type)

function optionKinds(): readonly MessageType[] {
  return [
    defineMessage(`${meta}v1.CreateOptions`, () => [
      list(1, 'dryRun', 'string'),
      value(3, 'fieldManager', 'string'),
      value(4, 'fieldValidation', 'string'),
    ]),
    defineMessage(`${meta}v1.UpdateOptions`, () => [
      list(1, 'dryRun', 'string'),
      value(2, 'fieldManager', 'string'),
      value(3, 'fieldValidation', 'string'),
    ]),
    defineMessage(`${meta}v1.PatchOptions`, () => [
      list(1, 'dryRun', 'string'),
      pointer(2, 'force', 'bool'),
      value(3, 'fieldManager', 'string'),
      value(4, 'fieldValidation', 'string'),
    ]),
    defineMessage(`${meta}v1.GetOptions`, () => [value(1, 'resourceVersion', 'string')]),
    defineMessage(`${meta}v1.ListOptions`, () => [
      value(1, 'labelSelector', 'string'),
      value(2, 'fieldSelector', 'string'),
      value(3, 'watch', 'bool'),
      value(4, 'resourceVersion', 'string'),
      pointer(5, 'timeoutSeconds', 'int64'),
      value(7, 'limit', 'int64'),
      value(8, 'continue', 'string'),
      value(9, 'allowWatchBookmarks', 'bool'),
      value(10, 'resourceVersionMatch', 'string'),
      pointer(11, 'sendInitialEvents', 'bool'),
      value(15, 'shardSelector', 'string'),
    ]),
  ]
}

/** Aggregated discovery: the lists of v2 and v2beta1 have the same form. */
function discoveryList(
  prefix: string,
  { listMeta, objectMeta }: { readonly listMeta: MessageType; readonly objectMeta: MessageType },
): MessageType {
  const groupVersionKind = defineMessage(`${meta}v1.GroupVersionKind`, () => [
    value(1, 'group', 'string'),
    value(2, 'version', 'string'),
    value(3, 'kind', 'string'),
  ])
  const subresource = defineMessage(`${prefix}APISubresourceDiscovery`, () => [
    value(1, 'subresource', 'string'),
    pointer(2, 'responseKind', groupVersionKind),
    list(3, 'acceptedTypes', groupVersionKind),
    list(4, 'verbs', 'string'),
  ])
  const resource = defineMessage(`${prefix}APIResourceDiscovery`, () => [
    value(1, 'resource', 'string'),
    pointer(2, 'responseKind', groupVersionKind),
    value(3, 'scope', 'string'),
    value(4, 'singularResource', 'string'),
    list(5, 'verbs', 'string'),
    list(6, 'shortNames', 'string'),
    list(7, 'categories', 'string'),
    list(8, 'subresources', subresource),
  ])
  const version = defineMessage(`${prefix}APIVersionDiscovery`, () => [
    value(1, 'version', 'string'),
    list(2, 'resources', resource),
    value(3, 'freshness', 'string'),
  ])
  const group = defineMessage(`${prefix}APIGroupDiscovery`, () => [
    value(1, 'metadata', objectMeta),
    list(2, 'versions', version),
  ])
  return defineMessage(`${prefix}APIGroupDiscoveryList`, () => [
    value(1, 'metadata', listMeta),
    list(2, 'items', group),
  ])
}
