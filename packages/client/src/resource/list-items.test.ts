import { expect, test } from 'vitest'
import type { List, ObjectLike } from '../object-types.ts'
import { withItemKinds } from './list-items.ts'

const list = (items: unknown, kind = 'FlunderList') =>
  ({ apiVersion: 'wardle.example.com/v1alpha1', kind, metadata: {}, items }) as unknown as List<ObjectLike>
const kinds = { kind: 'Flunder', apiVersion: 'wardle.example.com/v1alpha1' }

test.each([
  ['items without kind and version get both', [{ metadata: { name: 'a' } }], [{ ...kinds, metadata: { name: 'a' } }]],
  ['items with both keep them', [{ kind: 'Other', apiVersion: 'v1' }], [{ kind: 'Other', apiVersion: 'v1' }]],
  ['no items', [], []],
  ['null, as servers in Go write no items', null, []],
  ['nothing at all', undefined, []],
])('%s', (_, items, expected) => {
  expect(withItemKinds(list(items)).items).toEqual(expected)
})

test('what is no list stays as it is', () => {
  const status = { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success' } as const
  expect(withItemKinds(status as never)).toEqual(status)
})
