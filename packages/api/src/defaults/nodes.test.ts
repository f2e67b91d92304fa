import type { JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { objectAt } from '../values/read.ts'
import { read } from './testing/read.ts'

test.each<[JsonObject, JsonObject]>([
  [{}, {}],
  [{ capacity: { cpu: '1.0001' } }, { capacity: { cpu: '1001m' }, allocatable: { cpu: '1001m' } }],
  [
    { capacity: { cpu: '4' }, allocatable: { cpu: '3' } },
    { capacity: { cpu: '4' }, allocatable: { cpu: '3' } },
  ],
  [{ allocatable: { cpu: '1n' } }, { allocatable: { cpu: '1m' } }],
])('%j has %j', (status, expected) => {
  const { capacity, allocatable } = objectAt(read('core.v1.Node', { status }), 'status')
  expect({ capacity, allocatable }).toEqual(expected)
})

test('what pods may use is no part of what there is', () => {
  const status = objectAt(read('core.v1.Node', { status: { capacity: { cpu: '1' } } }), 'status')
  expect(status['allocatable']).not.toBe(status['capacity'])
})
