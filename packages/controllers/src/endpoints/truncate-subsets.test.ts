import { expect, test } from 'vitest'
import type { EndpointAddress, EndpointSubset } from './endpoints.ts'
import { truncateSubsets } from './truncate-subsets.ts'

const addresses = (count: number): EndpointAddress[] =>
  Array.from({ length: count }, (_, index) => ({ ip: `10.0.${index >> 8}.${index & 255}` }))
const subset = ([ready, notReady]: readonly [number, number], port: number): EndpointSubset => ({
  addresses: addresses(ready),
  notReadyAddresses: addresses(notReady),
  ports: [{ port }],
})

test.each<[string, [number, number][], [number, number][] | undefined]>([
  ['1000 are not too many', [[600, 400]], undefined],
  ['ready ones stay', [[600, 500]], [[600, 400]]],
  ['too many ready ones, no others', [[1200, 300]], [[1000, 0]]],
  ['exactly 1000 ready ones', [[1000, 1]], [[1000, 0]]],
  [
    'a share of each subset, rounded up',
    [
      [1000, 5],
      [334, 5],
      [166, 0],
    ],
    [
      [667, 0],
      [223, 0],
      [110, 0],
    ],
  ],
  [
    'also of those that are not ready',
    [
      [300, 600],
      [300, 200],
    ],
    [
      [300, 300],
      [300, 100],
    ],
  ],
])('%s', (_, sizes, expected) => {
  const truncated = truncateSubsets(sizes.map((size, index) => subset(size, 80 + index)))
  expect(truncated?.map((cut) => [cut.addresses?.length ?? 0, cut.notReadyAddresses?.length ?? 0])).toEqual(expected)
  if (truncated !== undefined)
    expect(truncated.map(({ ports }) => ports?.[0]?.port)).toEqual(sizes.map((_size, i) => 80 + i))
})

test('the first ones stay', () => {
  expect(truncateSubsets([subset([1001, 0], 80)])?.[0]?.addresses?.at(-1)).toEqual({ ip: '10.0.3.231' })
})
