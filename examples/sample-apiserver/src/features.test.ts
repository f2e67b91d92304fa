import { expect, test } from 'vitest'
import { featuresOf } from './features.ts'

test.each([
  ['wardle=1.0', false],
  ['wardle=1.1', true],
  ['wardle=1.2', true],
])('SMP-7: %s has BanFlunder: %s', (version, on) => {
  expect(featuresOf(version)).toEqual({ banFlunder: on })
})

test('a version that was never there is refused', () => {
  expect(() => featuresOf('wardle=2.0')).toThrow(
    '--emulated-version "wardle=2.0": must be one of wardle=1.0, wardle=1.1, wardle=1.2',
  )
})
