import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, isTrueAt, listAt, stringAt } from '../values/read.ts'
import { age, isDeleting, name, textOr } from './cells.ts'
import { ageColumn, boolean, cellPrinter, integer, nameColumn, type PrinterTable, text, wideText } from './printer.ts'

const capacityColumn = text('Capacity', 'The size of the volume.')
const accessModesColumn = text('Access Modes', 'How the volume can be mounted.')
const storageClassColumn = text('StorageClass', 'The class of the volume.')
const attributesClassColumn = text('VolumeAttributesClass', 'The class of the attributes that can change.')
const volumeModeColumn = wideText('VolumeMode', 'Filesystem or Block.')

/** Volumes and kinds of storage.k8s.io. CSIStorageCapacity has the default columns. */
export const storagePrinters: PrinterTable = {
  PersistentVolume: cellPrinter(
    [
      nameColumn,
      capacityColumn,
      accessModesColumn,
      text('Reclaim Policy', 'What becomes of the volume once it is released.'),
      text('Status', 'The phase of the volume.'),
      text('Claim', 'The claim that the volume is bound to.'),
      storageClassColumn,
      attributesClassColumn,
      text('Reason', 'Why the volume is in its phase.'),
      ageColumn,
      volumeModeColumn,
    ],
    (volume, now) => [
      name(volume),
      stringAt(volume, 'spec', 'capacity', 'storage') || '0',
      accessModes(listAt(volume, 'spec', 'accessModes')),
      stringAt(volume, 'spec', 'persistentVolumeReclaimPolicy'),
      phase(volume),
      claimText(volume),
      storageClass(volume),
      textOr('<unset>', volume, 'spec', 'volumeAttributesClassName'),
      stringAt(volume, 'status', 'reason'),
      age(volume, now),
      textOr('<unset>', volume, 'spec', 'volumeMode'),
    ],
  ),
  PersistentVolumeClaim: cellPrinter(
    [
      nameColumn,
      text('Status', 'The phase of the claim.'),
      text('Volume', 'The volume that the claim is bound to.'),
      capacityColumn,
      accessModesColumn,
      storageClassColumn,
      attributesClassColumn,
      ageColumn,
      volumeModeColumn,
    ],
    (claim, now) => {
      const volume = stringAt(claim, 'spec', 'volumeName')
      const bound = volume !== ''
      return [
        name(claim),
        phase(claim),
        volume,
        bound ? stringAt(claim, 'status', 'capacity', 'storage') || '0' : '',
        bound ? accessModes(listAt(claim, 'status', 'accessModes')) : '',
        storageClass(claim),
        textOr('<unset>', claim, 'spec', 'volumeAttributesClassName'),
        age(claim, now),
        textOr('<unset>', claim, 'spec', 'volumeMode'),
      ]
    },
  ),
  'storage.k8s.io/StorageClass': cellPrinter(
    [
      nameColumn,
      text('Provisioner', 'Who makes the volumes.'),
      text('ReclaimPolicy', 'What becomes of volumes once they are released.'),
      text('VolumeBindingMode', 'When volumes are made and bound.'),
      text('AllowVolumeExpansion', 'Whether volumes can grow.'),
      ageColumn,
    ],
    (storageClass, now) => [
      isDefaultClass(storageClass) ? `${name(storageClass)} (default)` : name(storageClass),
      stringAt(storageClass, 'provisioner'),
      textOr('Delete', storageClass, 'reclaimPolicy'),
      textOr('Immediate', storageClass, 'volumeBindingMode'),
      isTrueAt(storageClass, 'allowVolumeExpansion'),
      age(storageClass, now),
    ],
  ),
  'storage.k8s.io/VolumeAttributesClass': cellPrinter(
    [nameColumn, text('DriverName', 'The driver that knows the attributes.'), ageColumn],
    (attributesClass, now) => [
      name(attributesClass),
      stringAt(attributesClass, 'driverName'),
      age(attributesClass, now),
    ],
  ),
  'storage.k8s.io/VolumeAttachment': cellPrinter(
    [
      nameColumn,
      { ...text('Attacher', 'Who attaches the volume.'), format: 'name' },
      text('PV', 'The volume.'),
      text('Node', 'The node that the volume is attached to.'),
      boolean('Attached', 'Whether the volume is attached.'),
      ageColumn,
    ],
    (attachment, now) => [
      name(attachment),
      stringAt(attachment, 'spec', 'attacher'),
      stringAt(attachment, 'spec', 'source', 'persistentVolumeName'),
      stringAt(attachment, 'spec', 'nodeName'),
      isTrueAt(attachment, 'status', 'attached'),
      age(attachment, now),
    ],
  ),
  'storage.k8s.io/CSINode': cellPrinter(
    [nameColumn, integer('Drivers', 'The number of drivers on the node.'), ageColumn],
    (node, now) => [name(node), listAt(node, 'spec', 'drivers').length, age(node, now)],
  ),
  'storage.k8s.io/CSIDriver': cellPrinter(
    [
      nameColumn,
      boolean('AttachRequired', 'Whether volumes must be attached before they are mounted.'),
      boolean('PodInfoOnMount', 'Whether the driver wants to know the pod.'),
      boolean('StorageCapacity', 'Whether the driver publishes capacities.'),
      text('TokenRequests', 'The audiences of the tokens that the driver wants.'),
      boolean('RequiresRepublish', 'Whether the driver wants to refresh mounted volumes.'),
      text('Modes', 'Which kinds of volumes the driver has.'),
      ageColumn,
    ],
    (driver, now) => [
      name(driver),
      at(driver, 'spec', 'attachRequired') !== false,
      isTrueAt(driver, 'spec', 'podInfoOnMount'),
      isTrueAt(driver, 'spec', 'storageCapacity'),
      tokenRequests(driver),
      isTrueAt(driver, 'spec', 'requiresRepublish'),
      listAt(driver, 'spec', 'volumeLifecycleModes').map(String).join(',') || '<none>',
      age(driver, now),
    ],
  ),
}

const shortModes: readonly (readonly [mode: string, short: string])[] = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
]

function accessModes(modes: readonly JsonValue[]): string {
  return shortModes
    .filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')
}

function phase(object: KubeObject): string {
  return isDeleting(object) ? 'Terminating' : stringAt(object, 'status', 'phase')
}

function claimText(volume: KubeObject): string {
  const claim = at(volume, 'spec', 'claimRef')
  return isObject(claim) ? `${stringAt(claim, 'namespace')}/${stringAt(claim, 'name')}` : ''
}

/** The old annotation goes before the field. */
function storageClass(object: KubeObject): string {
  const annotation = object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class']
  return annotation ?? stringAt(object, 'spec', 'storageClassName')
}

function isDefaultClass(storageClass: KubeObject): boolean {
  const { annotations } = storageClass.metadata
  return ['storageclass.kubernetes.io', 'storageclass.beta.kubernetes.io'].some(
    (prefix) => annotations?.[`${prefix}/is-default-class`] === 'true',
  )
}

function tokenRequests(driver: KubeObject): string {
  const requests = at(driver, 'spec', 'tokenRequests')
  if (!Array.isArray(requests)) return '<unset>'
  return requests.map((request) => stringAt(request, 'audience')).join(',')
}
