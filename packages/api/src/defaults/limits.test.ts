import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

test.each<[JsonObject, JsonObject]>([
  [{ type: 'Container' }, { type: 'Container' }],
  [
    { type: 'Container', max: { cpu: '2' } },
    { type: 'Container', max: { cpu: '2' }, default: { cpu: '2' }, defaultRequest: { cpu: '2' } },
  ],
  [
    { type: 'Container', min: { cpu: '1', memory: '1Gi' }, max: { cpu: '2' } },
    {
      type: 'Container',
      max: { cpu: '2' },
      min: { cpu: '1', memory: '1Gi' },
      default: { cpu: '2' },
      defaultRequest: { cpu: '2', memory: '1Gi' },
    },
  ],
  [
    { type: 'Container', max: { cpu: '4', memory: '4Gi' }, default: { cpu: '3' }, defaultRequest: { cpu: '1n' } },
    {
      type: 'Container',
      max: { cpu: '4', memory: '4Gi' },
      default: { cpu: '3', memory: '4Gi' },
      defaultRequest: { cpu: '1m', memory: '4Gi' },
    },
  ],
  [
    { type: 'Pod', max: { cpu: '2' }, min: { cpu: '1n' }, maxLimitRequestRatio: { cpu: '0.00001' } },
    { type: 'Pod', max: { cpu: '2' }, min: { cpu: '1m' }, maxLimitRequestRatio: { cpu: '1m' } },
  ],
])('an item %j', (body, expected) => {
  expectRead('core.v1.LimitRangeItem', body, expected)
})

test('a quota counts in thousandths', () => {
  expectRead(
    'core.v1.ResourceQuota',
    { spec: { hard: { cpu: '1n' } }, status: { hard: { cpu: '2n' }, used: { cpu: '3', pods: '1u' } } },
    {
      metadata: {},
      spec: { hard: { cpu: '1m' } },
      status: { hard: { cpu: '1m' }, used: { cpu: '3', pods: '1m' } },
    },
  )
})
