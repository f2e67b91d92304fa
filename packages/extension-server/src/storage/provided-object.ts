import { formatGroupVersion, type KubeObject } from '@fairlead/apimachinery'
import { createKeptObject, createStoredForm, type StoredObject, storedBytes } from '@fairlead/apiserver'
import type { ResourceDescription } from '@fairlead/openapi'

/** Turns objects of a provider into what handlers serve. */
export type ObjectMaker = (object: Partial<KubeObject>) => StoredObject

/** Objects get the kind's apiVersion, and its schema's order and defaults; a resourceVersion is taken as it is given. */
export function objectMaker(
  description: ResourceDescription,
  stored: { readonly version: string; readonly decode: (body: KubeObject) => { readonly object: unknown } },
): ObjectMaker {
  const { group, kind, resource, namespaced, strategy } = description
  const apiVersion = formatGroupVersion({ group, version: stored.version })
  const form = createStoredForm({
    prefix: `${group}/${resource}`,
    namespaced,
    apiVersion,
    kind,
    selectableFields: (object) => strategy.selectableFields(object),
  })
  return (object) => {
    const metadata = { ...object.metadata }
    const whole = stored.decode({ ...object, apiVersion, kind, metadata } as KubeObject).object as KubeObject
    const key = `${form.root}${namespaced ? `${metadata.namespace ?? ''}/` : ''}${metadata.name ?? ''}`
    return createKeptObject(form, {
      key,
      value: storedBytes(form, whole),
      revision: Number(metadata.resourceVersion ?? 0) || 0,
    })
  }
}
