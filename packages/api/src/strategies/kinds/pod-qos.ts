import { type JsonObject, type JsonValue, parseQuantity, type Quantity } from '@fairlead/apimachinery'
import { listAt, objectAt, stringEntriesAt } from '../../values/read.ts'

const computeResources: readonly string[] = ['cpu', 'memory']

/** Guaranteed, Burstable or BestEffort, from the requests and limits of the pod or, without them, of its containers. */
export function qosClass(pod: JsonObject): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const podLevel = objectAt(pod, 'spec', 'resources')
  const holders: readonly JsonValue[] =
    Object.keys(podLevel).length > 0
      ? [{ resources: podLevel }]
      : [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')]
  const requests = new Map<string, Quantity>()
  const limits = new Map<string, Quantity>()
  let everyLimitSet = true
  for (const holder of holders) {
    addTo(requests, quantities(holder, 'requests'))
    const own = quantities(holder, 'limits')
    addTo(limits, own)
    if (own.size < computeResources.length) everyLimitSet = false
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  const requestsAreLimits = [...requests].every(([name, request]) => limits.get(name)?.compare(request) === 0)
  return everyLimitSet && requestsAreLimits && requests.size === limits.size ? 'Guaranteed' : 'Burstable'
}

/** Positive amounts of compute resources. */
function quantities(holder: JsonValue, list: 'limits' | 'requests'): Map<string, Quantity> {
  const result = new Map<string, Quantity>()
  for (const [name, text] of stringEntriesAt(holder, 'resources', list)) {
    if (!computeResources.includes(name)) continue
    const quantity = parseQuantity(text)
    if (quantity.toNumber() > 0) result.set(name, quantity)
  }
  return result
}

function addTo(sums: Map<string, Quantity>, amounts: ReadonlyMap<string, Quantity>): void {
  for (const [name, amount] of amounts) {
    const sum = sums.get(name)
    sums.set(name, sum === undefined ? amount : sum.add(amount))
  }
}
