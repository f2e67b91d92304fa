import type { OpenApiDefinition, OpenApiField } from '@fairlead/openapi'

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** Kinds of meta.k8s.io that clients may send although no OpenAPI document defines them. */
export const metaDefinitions: ReadonlyMap<string, OpenApiDefinition> = new Map(
  [
    struct('PartialObjectMetadata', [field('metadata', `${meta}ObjectMeta`, { presence: {} })]),
    struct('PartialObjectMetadataList', [
      field('metadata', `${meta}ListMeta`, { presence: {} }),
      { ...field('items', `${meta}PartialObjectMetadata`, { presence: null }), type: listOf('PartialObjectMetadata') },
    ]),
  ].map((definition) => [definition.name, definition]),
)

function struct(kind: string, fields: readonly OpenApiField[]): OpenApiDefinition {
  const typeMeta = ['kind', 'apiVersion'].map((name): OpenApiField => {
    const type = { kind: 'string' } as const
    return { name, type, required: false, pointer: false, omitZero: false, goType: 'string' }
  })
  return { name: meta + kind, fields: [...typeMeta, ...fields], kinds: [], atomic: false, embeds: [] }
}

function field(name: string, definition: string, facts: Pick<OpenApiField, 'presence'>): OpenApiField {
  const goType = definition.split('.').slice(-2).join('.')
  const type = { kind: 'ref', name: definition } as const
  return { name, type, required: true, pointer: false, omitZero: false, goType, ...facts }
}

function listOf(kind: string): OpenApiField['type'] {
  return { kind: 'list', of: { kind: 'ref', name: meta + kind } }
}
