import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

test.each<[JsonObject, JsonObject]>([
  [{ name: 'a' }, { name: 'a', emptyDir: {} }],
  [
    { name: 'a', emptyDir: { medium: 'Memory' } },
    { name: 'a', emptyDir: { medium: 'Memory' } },
  ],
  [
    { name: 'a', nfs: { server: 's', path: '/' } },
    { name: 'a', nfs: { server: 's', path: '/' } },
  ],
  [
    { name: 'a', secret: { secretName: 's', optional: true } },
    { name: 'a', secret: { secretName: 's', defaultMode: 420, optional: true } },
  ],
  [
    { name: 'a', configMap: { name: 'c', defaultMode: 0 } },
    { name: 'a', configMap: { name: 'c', defaultMode: 0 } },
  ],
  [
    { name: 'a', configMap: {} },
    { name: 'a', configMap: { defaultMode: 420 } },
  ],
  [
    { name: 'a', downwardAPI: { items: [{ path: 'p', fieldRef: { fieldPath: 'f' } }] } },
    {
      name: 'a',
      downwardAPI: { items: [{ path: 'p', fieldRef: { apiVersion: 'v1', fieldPath: 'f' } }], defaultMode: 420 },
    },
  ],
  [
    { name: 'a', projected: { sources: [{ serviceAccountToken: { path: 't' } }, { configMap: { name: 'c' } }] } },
    {
      name: 'a',
      projected: {
        sources: [{ serviceAccountToken: { expirationSeconds: 3600, path: 't' } }, { configMap: { name: 'c' } }],
        defaultMode: 420,
      },
    },
  ],
  [
    { name: 'a', hostPath: { path: '/' } },
    { name: 'a', hostPath: { path: '/', type: '' } },
  ],
  [
    { name: 'a', image: { reference: 'r:1' } },
    { name: 'a', image: { reference: 'r:1', pullPolicy: 'IfNotPresent' } },
  ],
  [
    { name: 'a', image: { reference: 'r' } },
    { name: 'a', image: { reference: 'r', pullPolicy: 'Always' } },
  ],
  [
    { name: 'a', image: {} },
    { name: 'a', image: { pullPolicy: 'IfNotPresent' } },
  ],
  [
    { name: 'a', ephemeral: { volumeClaimTemplate: { spec: {} } } },
    {
      name: 'a',
      ephemeral: { volumeClaimTemplate: { metadata: {}, spec: { resources: {}, volumeMode: 'Filesystem' } } },
    },
  ],
  [
    { name: 'a', azureDisk: { diskName: 'd', diskURI: 'u' } },
    {
      name: 'a',
      azureDisk: {
        diskName: 'd',
        diskURI: 'u',
        cachingMode: 'ReadWrite',
        fsType: 'ext4',
        readOnly: false,
        kind: 'Shared',
      },
    },
  ],
])('%j', (body, expected) => {
  expectRead('core.v1.Volume', body, expected)
})
