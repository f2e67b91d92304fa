import { always, type DefaultsTable } from './lacking.ts'
import { rounding } from './resource-list.ts'

const core = 'io.k8s.api.core.v1.'
const storage = 'io.k8s.api.storage.v1.'

/** Volumes, claims of them, classes and drivers. */
export const storageDefaults: DefaultsTable = {
  [`${core}PersistentVolume`]: always({
    spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  }),
  [`${core}PersistentVolumeSpec`]: rounding('capacity'),
  [`${core}PersistentVolumeClaim`]: always({ status: { phase: 'Pending' } }),
  [`${core}PersistentVolumeClaimSpec`]: always({ volumeMode: 'Filesystem' }),
  [`${core}PersistentVolumeClaimStatus`]: rounding('capacity', 'allocatedResources'),
  [`${core}VolumeResourceRequirements`]: rounding('limits', 'requests'),
  [`${storage}StorageClass`]: always({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  [`${storage}CSIDriverSpec`]: always({
    attachRequired: true,
    podInfoOnMount: false,
    volumeLifecycleModes: ['Persistent'],
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  }),
}
