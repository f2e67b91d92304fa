import type { JsonValue, KubeObject } from '@fairlead/apimachinery'

/** Members of a pod's spec that refer to a Secret by its `name`. */
const references: ReadonlySet<string> = new Set(['secret', 'secretRef', 'secretKeyRef', 'nodePublishSecretRef'])

/** The names of the Secrets that a pod uses: in volumes, in the environment of its containers, to pull images. */
export function podSecretNames(pod: KubeObject): ReadonlySet<string> {
  const names = new Set<string>()
  collect(pod['spec'], '', names)
  return names
}

function collect(value: JsonValue | undefined, member: string, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, member, names)
    return
  }
  if (member === 'secretName' && typeof value === 'string') names.add(value)
  if (typeof value !== 'object' || value === null) return
  const isReference = references.has(member) || member === 'imagePullSecrets'
  if (isReference && typeof value['name'] === 'string') names.add(value['name'])
  for (const [key, part] of Object.entries(value)) collect(part, key, names)
}
