import { encodeJsonBytes } from '@fairlead/apimachinery'
import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { ScaleMapping } from '@fairlead/openapi'
import type { StoredObject } from '../rest/stored-object.ts'

const apiVersion = 'autoscaling/v1'
const kind = 'Scale'

/** The Scale of an object, at the object's revision. */
export function scaleOf(parent: StoredObject, mapping: ScaleMapping): StoredObject {
  const scale = scaleObject(parent.object(), mapping)
  return {
    revision: parent.revision,
    bytes: encodeJsonBytes(scale),
    object: () => scale,
    labels: {},
    fields: parent.fields,
  }
}

/** The Scale of an object. Its metadata only says which object it is of. */
export function scaleObject(parent: KubeObject, mapping: ScaleMapping): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = parent.metadata
  const selector = mapping.selector(parent)
  const status: JsonObject = { replicas: mapping.statusReplicas(parent) }
  if (selector !== '') status['selector'] = selector
  const replicas = mapping.replicas(parent)
  return {
    kind,
    apiVersion,
    metadata: {
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(creationTimestamp !== undefined && { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status,
  }
}

/** How many replicas a Scale asks for. */
export function wantedReplicas(scale: KubeObject): number {
  const spec = scale['spec'] as JsonObject | undefined
  return Number(spec?.['replicas'] ?? 0)
}
