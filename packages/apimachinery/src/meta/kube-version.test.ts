import { expect, test } from 'vitest'
import { compareKubeVersions } from './kube-version.ts'

test('stable before beta before alpha before others, higher numbers first', () => {
  const order = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'V1',
    'foo1',
    'foo10',
    'v01x',
    'v99999999999999999999',
  ]
  for (const [i, a] of order.entries()) {
    for (const [j, b] of order.entries()) {
      expect(Math.sign(compareKubeVersions(a, b)), `${a} against ${b}`).toBe(Math.sign(i - j))
    }
  }
})
