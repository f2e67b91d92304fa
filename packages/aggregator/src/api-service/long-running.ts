import type { RequestInfo } from '@fairlead/apiserver'

/** Says which requests to the servers of an APIService may take as long as they like: `get console, create export`. */
export const longRunningAnnotation = 'aggregation.fairlead.dev/long-running'

/** Requests that may take as long as they like, by subresource: any verb, or some. */
export type LongRunningRules = ReadonlyMap<string, ReadonlySet<string> | 'any verb'>

const verbs: ReadonlySet<string> = new Set(['create', 'delete', 'get', 'patch', 'update'])

/** Reads the annotation. Throws, in words for its owner, for one that cannot be read. */
export function readLongRunning(annotations: Readonly<Record<string, string>>): LongRunningRules {
  const rules = new Map<string, Set<string> | 'any verb'>()
  const text = annotations[longRunningAnnotation]
  if (text === undefined) return rules
  for (const entry of text.split(',')) {
    const words = entry.trim().split(/\s+/)
    const [subresource = '', verb, ...more] = words.reverse()
    if (!/^[a-z0-9-]+$/.test(subresource) || more.length > 0) {
      throw new Error(`${longRunningAnnotation}: "${entry.trim()}" is not a subresource, or a verb and a subresource`)
    }
    if (verb !== undefined && !verbs.has(verb)) {
      throw new Error(`${longRunningAnnotation}: "${verb}" is none of the verbs ${[...verbs].join(', ')}`)
    }
    const known = rules.get(subresource)
    if (verb === undefined || known === 'any verb') rules.set(subresource, 'any verb')
    else rules.set(subresource, (known ?? new Set()).add(verb))
  }
  return rules
}

/** Whether an APIService's owner has said that a request may take as long as it likes. */
export function isDeclaredLongRunning(
  rules: LongRunningRules,
  { verb, subresource }: Pick<RequestInfo, 'verb' | 'subresource'>,
): boolean {
  const declared = rules.get(subresource)
  return declared === 'any verb' || declared?.has(verb) === true
}
