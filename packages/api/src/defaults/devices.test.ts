import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

test.each<[string, JsonObject, JsonObject]>([
  ...['v1', 'v1beta2'].flatMap((version): [string, JsonObject, JsonObject][] => [
    [
      `${version}.DeviceRequest`,
      { name: 'a', exactly: { deviceClassName: 'c', tolerations: [{}] } },
      {
        name: 'a',
        exactly: {
          deviceClassName: 'c',
          allocationMode: 'ExactCount',
          count: 1,
          tolerations: [{ operator: 'Equal' }],
        },
      },
    ],
    [
      `${version}.DeviceRequest`,
      {
        name: 'a',
        firstAvailable: [
          { name: 'b', count: 2 },
          { name: 'c', allocationMode: 'All' },
        ],
      },
      {
        name: 'a',
        firstAvailable: [
          { name: 'b', deviceClassName: '', allocationMode: 'ExactCount', count: 2 },
          { name: 'c', deviceClassName: '', allocationMode: 'All' },
        ],
      },
    ],
    [
      `${version}.Device`,
      { name: 'a', nodeAllocatableResourceMappings: { cpu: {}, memory: { allocationMultiplier: '2' } } },
      {
        name: 'a',
        nodeAllocatableResourceMappings: { cpu: { allocationMultiplier: '1' }, memory: { allocationMultiplier: '2' } },
      },
    ],
  ]),
  [
    'v1beta1.DeviceRequest',
    { name: 'a', deviceClassName: 'c' },
    { name: 'a', deviceClassName: 'c', allocationMode: 'ExactCount', count: 1 },
  ],
  [
    'v1beta1.DeviceRequest',
    { name: 'a', deviceClassName: 'c', allocationMode: 'All' },
    { name: 'a', deviceClassName: 'c', allocationMode: 'All' },
  ],
  [
    'v1beta1.DeviceRequest',
    { name: 'a', firstAvailable: [{ name: 'b' }] },
    {
      name: 'a',
      deviceClassName: '',
      firstAvailable: [{ name: 'b', deviceClassName: '', allocationMode: 'ExactCount', count: 1 }],
    },
  ],
  [
    'v1beta1.BasicDevice',
    { nodeAllocatableResourceMappings: { cpu: { capacityKey: 'k' } } },
    { nodeAllocatableResourceMappings: { cpu: { capacityKey: 'k', allocationMultiplier: '1' } } },
  ],
])('%s %j', (name, body, expected) => {
  expectRead(`resource.${name}`, body, expected)
})
