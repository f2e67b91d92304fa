import { type JsonObject, parseQuantity, type Quantity } from '@fairlead/apimachinery'
import { isObject, listAt, objectAt, stringAt } from '../values/read.ts'
import { withMissing } from './resource-list.ts'

type Amounts = Map<string, Quantity>

const hugePages = 'hugepages-'

/** Resources of the whole pod, where it names some: huge pages that its containers may use, then what it asks for. */
export function podLevelResources(spec: JsonObject): JsonObject | undefined {
  const { resources } = spec
  if (!isObject(resources)) return undefined
  const limits = hugePageLimits(spec, resources)
  const requests = podRequests(spec, limits === undefined ? resources : { ...resources, limits })
  if (limits === undefined && requests === undefined) return undefined
  return { resources: { ...(limits !== undefined && { limits }), ...(requests !== undefined && { requests }) } }
}

function hugePageLimits(spec: JsonObject, resources: JsonObject): JsonObject | undefined {
  const limits = objectAt(resources, 'limits')
  const requests = objectAt(resources, 'requests')
  if (isEmpty(limits) && isEmpty(requests)) return undefined
  const added: JsonObject = {}
  for (const [name, amount] of amountsOfContainers(spec, 'limits')) {
    if (name.startsWith(hugePages) && !Object.hasOwn(requests, name)) added[name] = amount.toString()
  }
  return withMissing(limits, added)
}

/** What all containers ask for together; where none asks, what the pod is limited to. */
function podRequests(spec: JsonObject, resources: JsonObject): JsonObject | undefined {
  const limits = objectAt(resources, 'limits')
  if (isEmpty(limits)) return undefined
  const added: JsonObject = {}
  for (const [name, amount] of Object.entries(limits)) if (isOfPods(name)) added[name] = amount
  for (const [name, amount] of amountsOfContainers(spec, 'requests')) {
    if (name === 'cpu' || name === 'memory') added[name] = amount.toString()
  }
  return withMissing(objectAt(resources, 'requests'), added)
}

/** Of all resources only these can be given to a pod as a whole. */
function isOfPods(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith(hugePages)
}

/** The most that containers use at one time: init containers run one after another, beside those that are restarted. */
function amountsOfContainers(spec: JsonObject, field: 'limits' | 'requests'): Amounts {
  const total: Amounts = new Map()
  const restarted: Amounts = new Map()
  const initial: Amounts = new Map()
  for (const container of listAt(spec, 'containers')) add(total, amountsOf(container, field))
  for (const container of listAt(spec, 'initContainers')) {
    const amounts = amountsOf(container, field)
    if (stringAt(container, 'restartPolicy') === 'Always') {
      add(total, amounts)
      add(restarted, amounts)
      raise(initial, restarted)
    } else {
      add(amounts, restarted)
      raise(initial, amounts)
    }
  }
  raise(total, initial)
  return total
}

function amountsOf(container: unknown, field: 'limits' | 'requests'): Amounts {
  const amounts: Amounts = new Map()
  for (const [name, amount] of Object.entries(objectAt(container, 'resources', field))) {
    if (typeof amount === 'string') amounts.set(name, parseQuantity(amount))
  }
  return amounts
}

function add(total: Amounts, more: Amounts): void {
  for (const [name, amount] of more) total.set(name, total.get(name)?.add(amount) ?? amount)
}

function raise(total: Amounts, other: Amounts): void {
  for (const [name, amount] of other) {
    const present = total.get(name)
    if (present === undefined || amount.compare(present) > 0) total.set(name, amount)
  }
}

function isEmpty(list: JsonObject): boolean {
  return Object.keys(list).length === 0
}
