import type { Clock } from '@fairlead/apimachinery'
import type { ResourceDescription, ResourceStrategy } from '@fairlead/openapi'
import type { ResourceStore } from '../generic/resource-store.ts'
import type { Action, Getter, Updater } from '../rest/capabilities.ts'
import { createBinding } from './binding.ts'
import { createEviction } from './eviction.ts'

/**
 * Bindings and evictions of pods, by the paths that they are served under. A server without pods has none; one without
 * PodDisruptionBudgets has no evictions.
 */
export function podActions(
  store: (group: string, resource: string) => ResourceStore | undefined,
  descriptions: readonly ResourceDescription[],
  clock: Clock,
): Readonly<Record<string, Action>> {
  const pods = store('', 'pods')
  if (pods === undefined) return {}
  const binding = createBinding(pods, clock)
  const bindings = { bindings: binding, 'pods/binding': binding }
  const budgets = store('policy', 'poddisruptionbudgets')
  const podStatus = statusOf(pods, statusStrategy(descriptions, 'pods'))
  const budgetStatus = budgets && statusOf(budgets, statusStrategy(descriptions, 'poddisruptionbudgets'))
  if (budgets === undefined || podStatus === undefined || budgetStatus === undefined) return bindings
  return { ...bindings, 'pods/eviction': createEviction({ pods, podStatus, budgets, budgetStatus, clock }) }
}

function statusOf(store: ResourceStore, strategy: ResourceStrategy | undefined): (Getter & Updater) | undefined {
  return strategy && store.subresource('status', strategy)
}

function statusStrategy(descriptions: readonly ResourceDescription[], resource: string): ResourceStrategy | undefined {
  const description = descriptions.find((candidate) => candidate.resource === resource)
  const type = description?.subresources.find(({ name }) => name === 'status')?.type
  return type?.of === 'object' ? type.strategy : undefined
}
