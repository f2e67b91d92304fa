import type { JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import type { DocumentedResource } from './documented-resource.ts'
import { documentValue } from './lazy-document.ts'
import { openApiV2Document } from './v2-document.ts'
import { openApiV3Document } from './v3-document.ts'

const definitions: Readonly<Record<string, JsonObject>> = {
  Widget: { type: 'object', properties: { part: { $ref: '#/definitions/Part' } } },
  Part: { type: 'string' },
  Unused: { type: 'string' },
}

const widgets: DocumentedResource = {
  group: 'a.io',
  version: 'v1',
  resource: 'widgets',
  subresource: '',
  namespaced: true,
  parentKind: 'Widget',
  kind: { group: 'a.io', version: 'v1', kind: 'Widget', definition: 'Widget' },
  verbs: ['get'],
  returnsDeletedObject: false,
  strategicMergePatch: false,
  protobuf: false,
}

test.each([
  ['v2', openApiV2Document],
  ['v3', openApiV3Document],
])('a %s document lets other work in after every resource and every definition', async (_, make) => {
  let pauses = 0
  const document = await make({
    resources: [widgets, { ...widgets, subresource: 'status' }],
    endpoints: [],
    definitions: (name) => definitions[name],
    gitVersion: 'v1.36.2',
    pause: async () => {
      pauses += 1
    },
  })
  expect(pauses).toBe(2 + 2)
  const text = JSON.stringify(documentValue(document))
  expect(text).toContain('"Part":')
  expect(text).not.toContain('"Unused":')
  expect(Object.keys(documentValue(document)['paths'] ?? {})).toEqual([
    '/apis/a.io/v1/namespaces/{namespace}/widgets/{name}',
    '/apis/a.io/v1/namespaces/{namespace}/widgets/{name}/status',
  ])
})
