import type { ApiProject } from '../api-project.ts'

export function kindTemplate({ group, version, kind, plural, namespaced }: ApiProject): string {
  return `// @ts-check
import { defineKind, s } from '@fairlead/extension-server'

/** What a ${kind} is: types, validation, OpenAPI and the table of kubectl all follow from here. */
export const ${kind} = defineKind({
  group: '${group}',
  version: '${version}',
  kind: '${kind}',
  plural: '${plural}',
  namespaced: ${namespaced},
  schema: s.object({
    spec: s.object({
      message: s.string({ description: 'What it says.', minLength: 1 }),
    }),
    status: s.object({
      conditions: s.optional(
        s.array(
          /** @type {typeof s.definition<import('./controller.js').Condition>} */ (s.definition)(
            'io.k8s.apimachinery.pkg.apis.meta.v1.Condition',
          ),
          { listType: 'map', listMapKeys: ['type'], description: 'What the controller has found.' },
        ),
      ),
    }),
  }),
  columns: [
    { name: 'Message', path: '.spec.message', description: 'What it says.' },
    { name: 'Ready', path: '.status.conditions[0].status', description: 'Whether the controller has seen it.' },
  ],
  subresources: { status: true },
  validate(object, errors) {
    const { message } = object.spec
    if (message !== message.trim()) {
      errors.invalid('spec.message', message, 'must not begin or end with a space')
    }
  },
})
`
}
