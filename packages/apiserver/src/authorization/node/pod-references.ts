import type { KubeObject } from '@fairlead/apimachinery'
import { at, objectsAt, stringAt } from '../../values/read.ts'
import type { RelatedKind, RelatedObject } from './node-graph.ts'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** Where volumes name a secret, the first kind that a volume has counting. */
const volumeSecrets: readonly (readonly string[])[] = [
  ['azureFile', 'secretName'],
  ['cephfs', 'secretRef', 'name'],
  ['cinder', 'secretRef', 'name'],
  ['flexVolume', 'secretRef', 'name'],
  ['rbd', 'secretRef', 'name'],
  ['secret', 'secretName'],
  ['scaleIO', 'secretRef', 'name'],
  ['iscsi', 'secretRef', 'name'],
  ['storageos', 'secretRef', 'name'],
  ['csi', 'nodePublishSecretRef', 'name'],
]

/**
 * Objects of its namespace that a pod refers to. A mirror pod gives access to nothing: nodes make these pods themselves.
 */
export function podReferences(pod: KubeObject): readonly RelatedObject[] {
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return []
  const namespace = pod.metadata.namespace ?? ''
  const related = (kind: RelatedKind, names: readonly string[]): readonly RelatedObject[] =>
    names.filter((name) => name !== '').map((name) => ({ kind, namespace, name }))
  return [
    ...related('serviceaccount', [stringAt(pod, 'spec', 'serviceAccountName')]),
    ...related('secret', secretNames(pod)),
    ...related('configmap', configMapNames(pod)),
    ...related('persistentvolumeclaim', claimNames(pod)),
    ...related('resourceclaim', resourceClaimNames(pod)),
  ]
}

function secretNames(pod: KubeObject): readonly string[] {
  return [
    ...objectsAt(pod, 'spec', 'imagePullSecrets').map((reference) => stringAt(reference, 'name')),
    ...environmentNames(pod, 'secretRef', 'secretKeyRef'),
    ...objectsAt(pod, 'spec', 'volumes').flatMap((volume) => [
      ...volumeSecrets.map((path) => stringAt(volume, ...path)),
      ...projectedNames(volume, 'secret'),
    ]),
  ]
}

function configMapNames(pod: KubeObject): readonly string[] {
  return [
    ...environmentNames(pod, 'configMapRef', 'configMapKeyRef'),
    ...objectsAt(pod, 'spec', 'volumes').flatMap((volume) => [
      stringAt(volume, 'configMap', 'name'),
      ...projectedNames(volume, 'configMap'),
    ]),
  ]
}

function environmentNames(pod: KubeObject, whole: string, single: string): readonly string[] {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    objectsAt(pod, 'spec', field),
  )
  return containers.flatMap((container) => [
    ...objectsAt(container, 'envFrom').map((source) => stringAt(source, whole, 'name')),
    ...objectsAt(container, 'env').map((variable) => stringAt(variable, 'valueFrom', single, 'name')),
  ])
}

function projectedNames(volume: unknown, kind: 'secret' | 'configMap'): readonly string[] {
  return objectsAt(volume, 'projected', 'sources').map((source) => stringAt(source, kind, 'name'))
}

/** Claims of ephemeral volumes are named after pod and volume. */
function claimNames(pod: KubeObject): readonly string[] {
  return objectsAt(pod, 'spec', 'volumes').map((volume) => {
    if (at(volume, 'persistentVolumeClaim') !== undefined) return stringAt(volume, 'persistentVolumeClaim', 'claimName')
    return at(volume, 'ephemeral') === undefined ? '' : `${pod.metadata.name ?? ''}-${stringAt(volume, 'name')}`
  })
}

/** Claims that were made from a template are named in the status. */
function resourceClaimNames(pod: KubeObject): readonly string[] {
  const statuses = objectsAt(pod, 'status', 'resourceClaimStatuses')
  const made = (name: string) => statuses.find((status) => stringAt(status, 'name') === name)
  return [
    ...objectsAt(pod, 'spec', 'resourceClaims').map(
      (claim) => stringAt(claim, 'resourceClaimName') || stringAt(made(stringAt(claim, 'name')), 'resourceClaimName'),
    ),
    stringAt(pod, 'status', 'extendedResourceClaimStatus', 'resourceClaimName'),
  ]
}
