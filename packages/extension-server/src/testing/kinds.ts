import { defineKind } from '../kind/define-kind.ts'
import type { Kind } from '../kind/kind.ts'
import { type Infer, s } from '../schema/s.ts'

const schema = s.object({
  spec: s.object({
    color: s.optional(s.enum(['red', 'blue'], { default: 'red', description: 'What it looks like.' })),
    size: s.optional(s.integer({ minimum: 1, maximum: 10 })),
    label: s.optional(s.string({ maxLength: 5, pattern: /^[a-z]+$/ })),
    parts: s.optional(s.array(s.object({ name: s.string() }), { listType: 'map', listMapKeys: ['name'] })),
    replicas: s.optional(s.integer()),
  }),
  status: s.object({ phase: s.optional(s.string()), replicas: s.optional(s.integer()) }),
})

/** A kind that uses most of what kinds can. */
export const Widget: Kind<Infer<typeof schema>> = defineKind({
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  namespaced: true,
  shortNames: ['wd'],
  categories: ['all'],
  schema,
  versions: {
    v2: {
      schema: s.object({
        spec: s.object({ paint: s.optional(s.string()), dimension: s.optional(s.integer({ maximum: 9 })) }),
        status: s.object({ phase: s.optional(s.string()) }),
      }),
      validateCreate({ spec: { paint, dimension } }, errors) {
        if (paint === undefined && dimension !== undefined) errors.required('spec.paint', 'a dimension needs it')
      },
      toStored: ({ spec, status }) => ({
        spec: { color: spec.paint as 'red', size: spec.dimension as number },
        status,
      }),
      fromStored: ({ spec, status }) => ({
        spec: { paint: spec.color as string, dimension: spec.size as number },
        status: { phase: status.phase as string },
      }),
    },
  },
  columns: [
    { name: 'Color', path: '.spec.color' },
    { name: 'Size', path: '.spec.size', type: 'integer', priority: 1 },
  ],
  selectableFields: ['spec.color'],
  subresources: {
    status: true,
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
    connect: {
      echo: {
        verbs: ['get', 'create'],
        async handle({ object, user, path, request }) {
          const body = request.method === 'POST' ? Buffer.from(await request.body.bytes(1024)).toString() : ''
          return {
            status: 200,
            headers: { 'content-type': 'text/plain' },
            body: [object.metadata.name, user.name, path, body].join('|'),
          }
        },
      },
    },
  },
  validate({ spec }, errors) {
    if (spec.label === 'evil') errors.forbidden('spec.label', 'no evil')
  },
  warnings: ({ spec }) => (spec.size === 10 ? ['that is large'] : []),
})
