import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { podSecretNames } from './pod-secret-names.ts'

const namesOf = (spec: JsonObject | undefined) =>
  [
    ...podSecretNames({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, ...(spec && { spec }) } as KubeObject),
  ].sort()
const volume = (source: JsonObject) => ({ volumes: [{ name: 'v', ...source }] })
const container = (content: JsonObject) => [{ name: 'c', ...content }]

describe('Secrets that a pod uses', () => {
  test.each<[string, JsonObject]>([
    ['to pull images', { imagePullSecrets: [{ name: 's' }] }],
    ['all keys in the environment', { containers: container({ envFrom: [{ secretRef: { name: 's' } }] }) }],
    [
      'one key in the environment',
      { containers: container({ env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }) },
    ],
    ['in an init container', { initContainers: container({ envFrom: [{ secretRef: { name: 's' } }] }) }],
    ['in an ephemeral container', { ephemeralContainers: container({ envFrom: [{ secretRef: { name: 's' } }] }) }],
    ['secret', volume({ secret: { secretName: 's' } })],
    ['projected', volume({ projected: { sources: [{ configMap: { name: 'c' } }, { secret: { name: 's' } }] } })],
    ['azureFile', volume({ azureFile: { secretName: 's', shareName: 'x' } })],
    ['csi', volume({ csi: { driver: 'd', nodePublishSecretRef: { name: 's' } } })],
    ...['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'].map((kind): [string, JsonObject] => [
      kind,
      volume({ [kind]: { secretRef: { name: 's' } } }),
    ]),
  ])('%s', (_where, spec) => {
    expect(namesOf(spec)).toEqual(['s'])
  })

  test.each<[string, JsonObject | undefined]>([
    ['no spec', undefined],
    ['names of other things', { serviceAccountName: 's', nodeName: 's', ...volume({ configMap: { name: 's' } }) }],
    [
      'tokens and ConfigMaps in one volume',
      volume({ projected: { sources: [{ serviceAccountToken: { path: 's' } }, { configMap: { name: 's' } }] } }),
    ],
    ['references without a name', { imagePullSecrets: [{}], ...volume({ csi: { nodePublishSecretRef: null } }) }],
  ])('none: %s', (_what, spec) => {
    expect(namesOf(spec)).toEqual([])
  })
})
