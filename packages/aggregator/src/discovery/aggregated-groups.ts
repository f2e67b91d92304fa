import { type DiscoveryGroup, type MetricSet, NumberFamily } from '@fairlead/apiserver'
import type { RouteTable } from '../routes/route-table.ts'
import type { DiscoveryManager } from './discovery-manager.ts'
import { mergedGroups, registeredGroups } from './merge-groups.ts'

/** The groups for the discovery handler: the same arrays until something changes. */
export interface AggregatedGroups {
  groups(): readonly DiscoveryGroup[]
  aggregatedGroups(): readonly DiscoveryGroup[]
}

export function createAggregatedGroups({
  routes,
  discovery,
  local,
  metrics,
}: {
  readonly routes: RouteTable
  readonly discovery: DiscoveryManager
  local(): readonly DiscoveryGroup[]
  readonly metrics: MetricSet
}): AggregatedGroups {
  const count = new NumberFamily('counter', {
    name: 'aggregator_discovery_aggregation_count_total',
    help: '[ALPHA] Counter of number of times discovery was aggregated',
    labels: [],
  })
  metrics.add(count)
  const aggregations = count.series()
  const apiServices = () => [...routes.all()].map(({ apiService }) => apiService)
  return {
    groups: memo(
      () => [routes.generation, local()],
      () => registeredGroups(apiServices(), local()),
    ),
    aggregatedGroups: memo(
      () => [routes.generation, discovery.generation, local()],
      () => {
        aggregations.value += 1
        return mergedGroups(apiServices(), local(), discovery.get)
      },
    ),
  }
}

/** Makes a value again when one of `inputs` is another one than before. */
function memo<Value>(inputs: () => readonly unknown[], make: () => Value): () => Value {
  let last: { readonly inputs: readonly unknown[]; readonly value: Value } | undefined
  return () => {
    const current = inputs()
    if (last === undefined || current.some((input, index) => input !== last?.inputs[index])) {
      last = { inputs: current, value: make() }
    }
    return last.value
  }
}
