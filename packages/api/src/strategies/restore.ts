import { deepCopy, type JsonObject, type KubeObject } from '@fairlead/apimachinery'

/** Gives `next` the stored value of a field, or takes it away where the stored object has none. */
export function restoreField(next: JsonObject, previous: JsonObject, key: string): void {
  const value = previous[key]
  if (value === undefined) delete next[key]
  else next[key] = deepCopy(value)
}

/** Restores everything but metadata, apiVersion, kind and the named fields. */
export function restoreAllBut(next: KubeObject, previous: KubeObject, keep: readonly string[]): void {
  for (const key of Object.keys({ ...next, ...previous })) {
    if (key !== 'metadata' && key !== 'apiVersion' && key !== 'kind' && !keep.includes(key)) {
      restoreField(next, previous, key)
    }
  }
}

/** Restores the named metadata; `all` is all of it but managed fields and the resourceVersion to compare with. */
export function restoreMetadata(next: KubeObject, previous: KubeObject, names: readonly string[] | 'all'): void {
  const restored = names === 'all' ? Object.keys({ ...next.metadata, ...previous.metadata }) : names
  for (const name of restored) {
    if (names === 'all' && (name === 'managedFields' || name === 'resourceVersion')) continue
    restoreField(next.metadata, previous.metadata, name)
  }
}
