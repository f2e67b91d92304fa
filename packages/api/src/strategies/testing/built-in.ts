import { deepCopy, type JsonObject, type KubeObject, systemClock } from '@fairlead/apimachinery'
import type { ResourceDescription, ResourceStrategy, StrategyContext } from '@fairlead/openapi'
import { builtinResources } from '../../resources/builtin-resources.ts'

/** All built-in resources. */
export const resources: readonly ResourceDescription[] = builtinResources()

/** What `context`'s clock says. */
export const now: string = '2026-01-02T03:04:05Z'

/** A request of a user with every attribute. */
export const context: StrategyContext = {
  clock: { ...systemClock, now: () => Date.parse(now) },
  namespace: 'default',
  user: { name: 'jane', uid: 'u1', groups: ['a', 'b'], extra: { k: ['v'] } },
}

export function resource(group: string, name: string): ResourceDescription {
  const found = resources.find((entry) => entry.group === group && entry.resource === name)
  if (found === undefined) throw new Error(`no resource ${name}`)
  return found
}

/** A body as its preferred version reads it, with a name and a uid unless it has metadata of its own. */
export function decoded(description: ResourceDescription, body: JsonObject): KubeObject {
  const [version] = description.versions
  const identity = { kind: description.kind, apiVersion: description.storage?.apiVersion ?? '' }
  return version?.kind.decode({ ...identity, metadata: { name: 'x', uid: 'u' }, ...body }).object as KubeObject
}

/** What create makes of a body. */
export function created(group: string, name: string, body: JsonObject): KubeObject {
  const description = resource(group, name)
  const object = decoded(description, body)
  description.strategy.prepareForCreate(object, context)
  return object
}

/** What is left of `next` when it replaces `previous`. Throws when the strategy changes the stored object. */
export function updated(
  description: ResourceDescription,
  { next, previous, strategy }: { next: JsonObject; previous: JsonObject; strategy?: ResourceStrategy },
): KubeObject {
  const stored = decoded(description, previous)
  const before = JSON.stringify(deepCopy(stored))
  const object = decoded(description, next)
  const used = strategy ?? description.strategy
  used.prepareForUpdate(object, stored, context)
  if (JSON.stringify(stored) !== before) throw new Error('the stored object has changed')
  return object
}

/** The strategy of a subresource that writes the same kind. */
export function part(description: ResourceDescription, name: string): ResourceStrategy {
  const type = description.subresources.find((entry) => entry.name === name)?.type
  if (type?.of !== 'object') throw new Error(`no strategy for ${name}`)
  return type.strategy
}
