import { type KubeObject, parseGroupVersion } from '@fairlead/apimachinery'
import { keyOf, type Store } from '@fairlead/client'
import { controllerOf } from '../objects/owner-references.ts'
import type { ReconcileRequest } from './change.ts'
import type { WatchedKind } from './controller-options.ts'

/**
 * The request for the owner of an object, when that is of `kind`: of its group and kind, in any version. An owner that is
 * known under another uid is one that is gone, and another object of its name is not asked to look after what it left.
 */
export function ownerRequest(
  object: KubeObject,
  kind: WatchedKind,
  owners: Store<KubeObject>,
): ReconcileRequest | undefined {
  const owner = controllerOf(object)
  if (owner === undefined || owner.kind !== kind.kind) return undefined
  if (parseGroupVersion(owner.apiVersion)?.group !== parseGroupVersion(kind.apiVersion)?.group) return undefined
  const namespace = kind.clusterScoped === true ? '' : (object.metadata.namespace ?? '')
  const known = owners.get(keyOf(namespace, owner.name))
  if (known !== undefined && known.metadata.uid !== owner.uid) return undefined
  return { namespace, name: owner.name }
}
