import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

const driver = {
  attachRequired: true,
  podInfoOnMount: false,
  volumeLifecycleModes: ['Persistent'],
  storageCapacity: false,
  fsGroupPolicy: 'ReadWriteOnceWithFSType',
  requiresRepublish: false,
  seLinuxMount: false,
}

test.each<[string, JsonObject, JsonObject]>([
  [
    'core.v1.PersistentVolume',
    {},
    {
      metadata: {},
      spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    },
  ],
  [
    'core.v1.PersistentVolume',
    {
      spec: { capacity: { storage: '1n' }, persistentVolumeReclaimPolicy: 'Delete', volumeMode: 'Block' },
      status: { phase: 'Bound', message: 'm' },
    },
    {
      metadata: {},
      spec: { capacity: { storage: '1m' }, persistentVolumeReclaimPolicy: 'Delete', volumeMode: 'Block' },
      status: { phase: 'Bound', message: 'm' },
    },
  ],
  [
    'core.v1.PersistentVolume',
    { spec: { hostPath: { path: '/a' }, storageClassName: 's', accessModes: ['ReadWriteOnce'] } },
    {
      metadata: {},
      spec: {
        hostPath: { path: '/a', type: '' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 's',
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Pending' },
    },
  ],
  [
    'core.v1.PersistentVolumeClaim',
    {},
    { metadata: {}, spec: { resources: {}, volumeMode: 'Filesystem' }, status: { phase: 'Pending' } },
  ],
  [
    'core.v1.PersistentVolumeClaim',
    {
      spec: { volumeMode: 'Block', resources: { requests: { storage: '1.5n' } } },
      status: { phase: 'Lost', capacity: { storage: '1u' }, allocatedResources: { storage: '2u' } },
    },
    {
      metadata: {},
      spec: { resources: { requests: { storage: '1m' } }, volumeMode: 'Block' },
      status: { phase: 'Lost', capacity: { storage: '1m' }, allocatedResources: { storage: '1m' } },
    },
  ],
  [
    'storage.v1.StorageClass',
    { provisioner: 'p' },
    { metadata: {}, provisioner: 'p', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  ],
  [
    'storage.v1.StorageClass',
    { provisioner: 'p', reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' },
    { metadata: {}, provisioner: 'p', reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' },
  ],
  ['storage.v1.CSIDriverSpec', {}, driver],
  [
    'storage.v1.CSIDriverSpec',
    { attachRequired: false, volumeLifecycleModes: ['Ephemeral'], seLinuxMount: true },
    { ...driver, attachRequired: false, volumeLifecycleModes: ['Ephemeral'], seLinuxMount: true },
  ],
  ['storage.v1.CSIDriverSpec', { volumeLifecycleModes: [] }, driver],
])('%s %j', expectRead)
