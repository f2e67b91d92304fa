import { badRequest, deepEqual, fieldPath, nameIsDnsSubdomain, notSupported } from '@fairlead/apimachinery'
import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { KindDescription, ResourceDescription, ResourceStrategy, Verb } from '@fairlead/openapi'

/** A kind whose bodies are taken as they are. */
export function looseKind(group: string, version: string, kind: string): KindDescription {
  return {
    group,
    version,
    kind,
    definition: `test.${version}.${kind}`,
    decode: (body) => ({ object: structuredClone(body) as JsonObject, unknownFields: [] }),
  }
}

/** Rules of a usual kind: a generation that follows the spec, a status that has its own endpoint, a field `spec.color`. */
export function widgetStrategy(changes: Partial<ResourceStrategy> = {}): ResourceStrategy {
  return {
    createOnUpdate: false,
    unconditionalUpdate: true,
    returnsDeletedObject: false,
    garbageCollection: 'Background',
    validateName: nameIsDnsSubdomain,
    prepareForCreate(object) {
      object.metadata.generation = 1
      delete object['status']
    },
    validateCreate: colorErrors,
    warningsOnCreate: (object) => (specOf(object)['color'] === 'beige' ? ['beige is going out of fashion'] : []),
    prepareForUpdate(next, previous) {
      restore(next, previous, 'status')
      if (!deepEqual(next['spec'] ?? {}, previous['spec'] ?? {})) raiseGeneration(next)
    },
    validateUpdate: colorErrors,
    selectableFields: (object) => ({ 'spec.color': String(specOf(object)['color'] ?? '') }),
    ...changes,
  }
}

/** Rules of the status endpoint of the same kind. */
export function widgetStatusStrategy(): ResourceStrategy {
  return widgetStrategy({
    prepareForUpdate: (next, previous) => restore(next, previous, 'spec'),
    validateUpdate: () => [],
  })
}

const allVerbs: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** A namespaced resource of `example.com/v1`, with a status and a scale subresource. */
export function widgetDescription(changes: Partial<ResourceDescription> = {}): ResourceDescription {
  const kind = looseKind('example.com', 'v1', 'Widget')
  return {
    group: 'example.com',
    resource: 'widgets',
    singular: 'widget',
    kind: 'Widget',
    listKind: 'WidgetList',
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    versions: [
      {
        version: 'v1',
        kind,
        servedByDefault: true,
        toStorage: (object) => object,
        fromStorage: (object) => object,
        fieldLabel,
      },
    ],
    storage: { prefix: 'example.com/widgets', apiVersion: 'example.com/v1', kind: 'Widget' },
    strategy: widgetStrategy(),
    subresources: [
      {
        name: 'status',
        kind: { group: 'example.com', version: 'v1', kind: 'Widget' },
        verbs: ['get', 'patch', 'update'],
        type: { of: 'object', strategy: widgetStatusStrategy() },
      },
      {
        name: 'scale',
        kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        verbs: ['get', 'patch', 'update'],
        kindDescription: looseKind('autoscaling', 'v1', 'Scale'),
        type: {
          of: 'scale',
          scale: {
            replicas: (parent) => Number(specOf(parent)['replicas'] ?? 0),
            statusReplicas: (parent) => Number((parent['status'] as JsonObject | undefined)?.['replicas'] ?? 0),
            selector: (parent) => String(specOf(parent)['selector'] ?? ''),
            setReplicas: (parent, replicas) => {
              parent['spec'] = { ...specOf(parent), replicas }
            },
          },
        },
      },
    ],
    ...changes,
  }
}

/** A widget as a client sends it. */
export function widget(name: string, parts: JsonObject = {}): KubeObject {
  const { metadata, ...rest } = parts
  return {
    kind: 'Widget',
    apiVersion: 'example.com/v1',
    metadata: { name, ...(metadata as JsonObject | undefined) },
    ...rest,
  }
}

function specOf(object: JsonObject): JsonObject {
  return (object['spec'] ?? {}) as JsonObject
}

function colorErrors(object: KubeObject): ReturnType<ResourceStrategy['validateCreate']> {
  const color = specOf(object)['color']
  return color === 'invisible' ? [notSupported(fieldPath('spec', 'color'), color, ['red', 'blue'])] : []
}

function fieldLabel(label: string): string {
  if (label === 'metadata.name' || label === 'metadata.namespace' || label === 'spec.color') return label
  throw badRequest(`field label not supported: ${label}`)
}

function restore(next: KubeObject, previous: KubeObject, field: string): void {
  const value = previous[field]
  if (value === undefined) delete next[field]
  else next[field] = value
}

function raiseGeneration(object: KubeObject): void {
  object.metadata.generation = (object.metadata.generation ?? 0) + 1
}
