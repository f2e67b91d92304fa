import {
  deepCopy,
  forbidden,
  formatTimestamp,
  labelSelectorFromObject,
  everyField,
  everything,
  StatusError,
  tooManyRequests,
  withDetails,
} from '@fairlead/apimachinery'
import type { Clock, JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import type { ResourceStore } from '../generic/resource-store.ts'
import type { KeptObject } from '../generic/stored-object.ts'
import type { Getter, Updater } from '../rest/capabilities.ts'
import { objectAt } from './pod-condition.ts'

const blocked = "Cannot evict pod as it would violate the pod's disruption budget."
const budgetResource = { group: 'policy', resource: 'poddisruptionbudget' }
const maxUnconfirmed = 2000

/** The budgets that guard a pod. One with a selector that cannot be read guards none. */
export async function budgetsOf(budgets: ResourceStore, pod: KeptObject): Promise<readonly KeptObject[]> {
  const { items } = await budgets.read({
    namespace: pod.namespace,
    labelSelector: everything(),
    fieldSelector: everyField(),
    limit: 0,
    continue: '',
    resourceVersion: '',
    resourceVersionMatch: '',
  })
  return items.filter((budget) => selects(budget, pod))
}

/** A pod that is not ready counts for nothing in its budget, so that it may go in two cases. */
export function unhealthyMayGo(pod: KeptObject, budget: KeptObject): boolean {
  if (conditionOf(pod.object(), 'Ready')?.['status'] === 'True') return false
  const spec = part(budget.object(), 'spec')
  const status = part(budget.object(), 'status')
  if (spec['unhealthyPodEvictionPolicy'] === 'AlwaysAllow') return true
  const desired = count(status, 'desiredHealthy')
  return count(status, 'currentHealthy') >= desired && desired > 0
}

/** Uses up one disruption. Throws TooManyRequests when there is none left. */
export async function takeFromBudget(
  { budgetStatus, clock }: { readonly budgetStatus: Getter & Updater; readonly clock: Clock },
  options: {
    readonly context: RequestContext
    readonly pod: KeptObject
    readonly budget: KeptObject
    readonly dryRun: boolean
  },
): Promise<void> {
  const { context, pod, budget, dryRun } = options
  if (dryRun) {
    checkBudget(budget.object())
    return
  }
  await budgetStatus.update(
    context,
    {
      key: { namespace: budget.namespace, name: budget.name },
      createAllowed: false,
      retryOnConflict: true,
      desired: async (current) => {
        const next = deepCopy((current ?? budget).object())
        checkBudget(next)
        const status = objectAt(next, 'status')
        status['disruptionsAllowed'] = count(status, 'disruptionsAllowed') - 1
        if (status['disruptionsAllowed'] === 0) forbidMore(next, clock.now())
        objectAt(status, 'disruptedPods')[pod.name] = formatTimestamp(clock.now())
        return next
      },
    },
    { dryRun, admit: { mutate: async () => undefined, validate: async () => undefined } },
  )
}

/** Tells the client to come back when the state of the budget is known. */
export function waitForBudget(name: string): StatusError {
  return because(tooManyRequests(blocked, 10), `The disruption budget ${name} is still being processed by the server.`)
}

function checkBudget(budget: KubeObject): void {
  const name = budget.metadata.name ?? ''
  const status = part(budget, 'status')
  if (count(status, 'observedGeneration') < (budget.metadata.generation ?? 0)) throw waitForBudget(name)
  const allowed = count(status, 'disruptionsAllowed')
  if (allowed < 0) throw forbidden(budgetResource, name, 'pdb disruptions allowed is negative')
  if (Object.keys(part(status, 'disruptedPods')).length > maxUnconfirmed) {
    throw forbidden(
      budgetResource,
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    )
  }
  if (allowed === 0) throw because(tooManyRequests(blocked, 0), reasonOf(budget))
}

function reasonOf(budget: KubeObject): string {
  const name = budget.metadata.name ?? ''
  const status = part(budget, 'status')
  const condition = conditionOf(budget, 'DisruptionAllowed')
  const message = condition?.['status'] === 'False' ? String(condition['message'] ?? '') : ''
  const needed = count(status, 'desiredHealthy')
  const healthy = count(status, 'currentHealthy')
  const refusal = `The disruption budget ${name} does not allow evicting pods currently`
  if (message !== '' && condition?.['reason'] === 'SyncFailed') return `${refusal} because it failed sync: ${message}`
  if (healthy <= needed)
    return `The disruption budget ${name} needs ${needed} healthy pods and has ${healthy} currently`
  return message === '' ? refusal : `${refusal} (${String(condition?.['reason'] ?? '')}): ${message}`
}

function because(error: StatusError, message: string): StatusError {
  return withDetails(error, { causes: [{ reason: 'DisruptionBudget', message }] })
}

function forbidMore(budget: KubeObject, now: number): void {
  const status = objectAt(budget, 'status')
  const conditions = Array.isArray(status['conditions']) ? (status['conditions'] as JsonObject[]) : []
  const others = conditions.filter(({ type }) => type !== 'DisruptionAllowed')
  const before = conditions.find(({ type }) => type === 'DisruptionAllowed')
  status['conditions'] = [
    ...others,
    {
      type: 'DisruptionAllowed',
      status: 'False',
      observedGeneration: count(status, 'observedGeneration'),
      lastTransitionTime: before?.['status'] === 'False' ? before['lastTransitionTime'] : formatTimestamp(now),
      reason: 'InsufficientPods',
      message: '',
    },
  ]
}

function selects(budget: KeptObject, pod: KeptObject): boolean {
  try {
    const selector = part(budget.object(), 'spec')['selector'] as JsonObject | undefined
    return labelSelectorFromObject(selector).matches(pod.labels)
  } catch (error) {
    if (StatusError.is(error)) return false
    throw error
  }
}

function conditionOf(object: KubeObject, type: string): JsonObject | undefined {
  const conditions = part(object, 'status')['conditions']
  return Array.isArray(conditions)
    ? (conditions as JsonObject[]).find((condition) => condition['type'] === type)
    : undefined
}

function part(parent: JsonObject, key: string): JsonObject {
  return (parent[key] ?? {}) as JsonObject
}

function count(status: JsonObject, key: string): number {
  return Number(status[key] ?? 0)
}
