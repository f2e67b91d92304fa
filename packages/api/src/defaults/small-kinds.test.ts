import { encodeJson, type JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { builtinKind } from '../resources/kinds.ts'
import { objectAt } from '../values/read.ts'
import { expectRead } from './testing/read.ts'

test.each<[string, JsonObject, JsonObject]>([
  ['core.v1.Secret', { data: { a: 'AA==' } }, { metadata: {}, data: { a: 'AA==' }, type: 'Opaque' }],
  ['core.v1.Secret', { type: 'a/b' }, { metadata: {}, type: 'a/b' }],
  ['core.v1.ConfigMap', {}, { metadata: {} }],
  ['scheduling.v1.PriorityClass', { value: 1 }, { metadata: {}, value: 1, preemptionPolicy: 'PreemptLowerPriority' }],
  ['scheduling.v1.PriorityClass', { preemptionPolicy: 'Never' }, { metadata: {}, value: 0, preemptionPolicy: 'Never' }],
  ['authentication.v1.TokenRequestSpec', {}, { audiences: null, expirationSeconds: 3600, boundObjectRef: null }],
  [
    'authentication.v1.TokenRequestSpec',
    { expirationSeconds: 600 },
    { audiences: null, expirationSeconds: 600, boundObjectRef: null },
  ],
])('%s %j', expectRead)

test.each<[JsonObject, JsonObject]>([
  [{}, { names: { plural: '', kind: '' }, conversion: { strategy: 'None' } }],
  [
    { names: { plural: 'crontabs', kind: 'CronTab' } },
    {
      names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' },
      conversion: { strategy: 'None' },
    },
  ],
  [
    {
      names: { plural: 'a', singular: 'b', kind: 'C', listKind: 'D' },
      conversion: { strategy: 'Webhook', webhook: { clientConfig: { service: { namespace: 'n', name: 's' } } } },
    },
    {
      names: { plural: 'a', singular: 'b', kind: 'C', listKind: 'D' },
      conversion: {
        strategy: 'Webhook',
        webhook: {
          clientConfig: { service: { namespace: 'n', name: 's', port: 443 } },
          conversionReviewVersions: null,
        },
      },
    },
  ],
])('the spec of a CustomResourceDefinition %j', (spec, expected) => {
  const kind = builtinKind({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' })
  const { names, conversion } = objectAt(kind?.decode({ spec }).object, 'spec')
  expect(encodeJson({ names, conversion } as JsonObject)).toBe(encodeJson(expected))
})
