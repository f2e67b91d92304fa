import { encodeJson, type KubeObject } from '@fairlead/apimachinery'
import type { StoredObject } from '../rest/stored-object.ts'

/** An object that exists only in the answer: it has no resourceVersion, and metadata alone can be selected by. */
export function observedObject(object: KubeObject): StoredObject {
  const { name = '', namespace = '', labels = {} } = object.metadata
  return {
    revision: 0,
    bytes: Buffer.from(encodeJson(object)),
    object: () => object,
    labels,
    fields: { 'metadata.name': name, 'metadata.namespace': namespace },
  }
}
