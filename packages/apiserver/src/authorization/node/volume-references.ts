import type { KubeObject } from '@fairlead/apimachinery'
import { at, stringAt } from '../../values/read.ts'
import type { RelatedObject, VolumeRelations } from './node-graph.ts'

/** Where volumes name a secret that nodes need, and whether one without a namespace means that of the claim. */
const secretPaths: readonly { readonly path: readonly string[]; readonly inherits: boolean }[] = [
  { path: ['cephfs', 'secretRef'], inherits: true },
  { path: ['cinder', 'secretRef'], inherits: false },
  { path: ['flexVolume', 'secretRef'], inherits: true },
  { path: ['rbd', 'secretRef'], inherits: true },
  { path: ['scaleIO', 'secretRef'], inherits: true },
  { path: ['iscsi', 'secretRef'], inherits: true },
  { path: ['storageos', 'secretRef'], inherits: false },
  { path: ['csi', 'nodePublishSecretRef'], inherits: false },
  { path: ['csi', 'nodeStageSecretRef'], inherits: false },
  { path: ['csi', 'nodeExpandSecretRef'], inherits: false },
]

/** The claim that a volume is bound to, and the secrets that mounting it takes. Undefined for an unbound volume. */
export function volumeReferences(volume: KubeObject): VolumeRelations | undefined {
  if (at(volume, 'spec', 'claimRef') === undefined) return undefined
  const namespace = stringAt(volume, 'spec', 'claimRef', 'namespace')
  const secret = (name: string, home: string): RelatedObject => ({ kind: 'secret', namespace: home, name })
  const own = (...path: readonly string[]) => stringAt(volume, 'spec', ...path)
  const secrets = [
    secret(own('azureFile', 'secretName'), own('azureFile', 'secretNamespace') || namespace),
    ...secretPaths.map(({ path, inherits }) =>
      secret(own(...path, 'name'), own(...path, 'namespace') || (inherits ? namespace : '')),
    ),
  ]
  return {
    claim: { kind: 'persistentvolumeclaim', namespace, name: stringAt(volume, 'spec', 'claimRef', 'name') },
    secrets: secrets.filter(({ name }) => name !== ''),
  }
}
