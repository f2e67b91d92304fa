import type { JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { createStringSharing } from './shared-strings.ts'

test.each<JsonObject>([
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } },
  { kind: 'Node', apiVersion: 'v1', metadata: { name: 'a' } },
  { apiVersion: 1, kind: null, metadata: { namespace: {} } },
  { metadata: 'none' },
  { metadata: null },
  {},
])('objects stay as they are: %j', (object) => {
  const share = createStringSharing()
  for (let times = 0; times < 2; times += 1) {
    const copy = structuredClone(object)
    share(copy)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(object))
  }
})
