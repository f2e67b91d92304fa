import { expect, test } from 'vitest'
import { featuresOf } from './features.ts'

test.each<[string, readonly string[], boolean]>([
  ['wardle=1.0', [], false],
  ['wardle=1.0', ['wardle:BanFlunder=true'], true],
  ['wardle=1.1', [], true],
  ['wardle=1.1', ['BanFlunder=false'], false],
  ['wardle=1.2', [], true],
  ['wardle=1.2', ['wardle:BanFlunder=true'], true],
])('SMP-7: %s with gates %j has BanFlunder: %s', (version, gates, on) => {
  expect(featuresOf(version, gates)).toEqual({ banFlunder: on })
})

test.each<[string, readonly string[], string]>([
  ['wardle=2.0', [], '--emulated-version "wardle=2.0": must be one of wardle=1.0, wardle=1.1, wardle=1.2'],
  ['1.1', [], '--emulated-version "1.1": must be one of'],
  ['wardle=1.2', ['wardle:BanFlunder=false'], 'cannot set feature gate BanFlunder to false, feature is locked to true'],
  ['wardle=1.1', ['BanFischer=true'], 'unrecognized feature gate: BanFischer'],
  [
    'wardle=1.1',
    ['BanFlunder=maybe'],
    '--feature-gates "BanFlunder=maybe": must be wardle:GATE=true or wardle:GATE=false',
  ],
])('SMP-7: refused: %s with gates %j', (version, gates, problem) => {
  expect(() => featuresOf(version, gates)).toThrow(problem)
})
