import type { KindDescription, ResourceStrategy, SubresourceDescription } from '@fairlead/openapi'
import { createPartStrategy, createStatusStrategy, type StrategyInput } from '../strategies/strategy.ts'
import { describeOptionsKind } from './kind-description.ts'
import { builtinKind } from './kinds.ts'
import type { ResourceFacts, SubresourceFacts } from './resource-table.ts'
import { streamOptions } from './stream-options.ts'
import { controllerScale, workloadScale } from './scale-mapping.ts'

const actions: ReadonlySet<string> = new Set(['binding', 'eviction', 'token'])
const streams: ReadonlySet<string> = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

/** The subresources of all versions of a resource; `versions` says where one of them is missing. */
export function describeSubresources(
  versions: readonly ResourceFacts[],
  input: StrategyInput,
): readonly SubresourceDescription[] {
  const names = [...new Set(versions.flatMap(({ subresources }) => subresources.map(({ name }) => name)))]
  return names.map((name) => {
    const having = versions.filter(({ subresources }) => subresources.some((entry) => entry.name === name))
    const [parent] = having as [ResourceFacts]
    const facts = parent.subresources.find((entry) => entry.name === name) as SubresourceFacts
    const { group, version, kind } = facts
    const type = subresourceType(facts, parent, input)
    return {
      name,
      kind: { group, version, kind },
      verbs: [...facts.verbs].sort(),
      type,
      ...(type.of === 'object' ? undefined : { kindDescription: bodyKind(facts) }),
      ...(having.length < versions.length ? { versions: having.map((entry) => entry.version) } : undefined),
    }
  })
}

function subresourceType(
  { name }: SubresourceFacts,
  parent: ResourceFacts,
  input: StrategyInput,
): SubresourceDescription['type'] {
  if (name === 'scale') {
    return { of: 'scale', scale: parent.plural === 'replicationcontrollers' ? controllerScale : workloadScale }
  }
  if (actions.has(name)) return { of: 'action' }
  if (streams.has(name)) return { of: 'connect', path: name === 'proxy', options: streamOptions(name) }
  return { of: 'object', strategy: objectStrategy(name, input) }
}

function objectStrategy(name: string, input: StrategyInput): ResourceStrategy {
  if (name === 'status') return createStatusStrategy(input)
  const part = input.rules.subresources?.[name]
  if (part === undefined) throw new RangeError(`no strategy for the subresource ${name}`)
  return createPartStrategy(input, part)
}

function bodyKind(facts: SubresourceFacts): KindDescription {
  return builtinKind(facts) ?? describeOptionsKind(facts)
}
