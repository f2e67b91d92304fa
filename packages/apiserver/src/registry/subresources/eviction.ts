import { badRequest, deepCopy, invalid, invalidValue, notFound, plainError, StatusError } from '@fairlead/apimachinery'
import type { Clock, JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { RequestContext } from '../../request/request-context.ts'
import { checkDeletePreconditions } from '../generic/preconditions.ts'
import type { ResourceStore } from '../generic/resource-store.ts'
import type { KeptObject } from '../generic/stored-object.ts'
import type { Action, AdmissionHooks, DeleteRequest, Getter, ObjectKey, Updater } from '../rest/capabilities.ts'
import { budgetsOf, takeFromBudget, unhealthyMayGo, waitForBudget } from './disruption-budget.ts'
import { objectAt, setPodCondition } from './pod-condition.ts'
import { success } from './success.ts'

/** What evictions work on. */
export interface EvictionParts {
  readonly pods: ResourceStore
  readonly podStatus: Getter & Updater
  readonly budgets: ResourceStore
  readonly budgetStatus: Getter & Updater
  readonly clock: Clock
}

const podResource = { group: '', resource: 'pods' }
const attempts = 20

/** POST of an Eviction: deletes a pod unless a PodDisruptionBudget stands against it. */
export function createEviction(parts: EvictionParts): Action {
  return {
    async perform(context, key, eviction, write) {
      if (key.name !== eviction.metadata.name) throw badRequest('name in URL does not match name in Eviction object')
      const options = deleteOptionsOf(eviction)
      const dryRun = write.dryRun || isDryRun(options)
      await write.admit.mutate({ operation: 'CREATE', name: key.name, object: eviction })
      await write.admit.validate({ operation: 'CREATE', name: key.name, object: eviction })
      await evict(parts, { context, key, options, dryRun })
      return success()
    },
  }
}

interface Request {
  readonly context: RequestContext
  readonly key: ObjectKey
  readonly options: DeleteRequest
  readonly dryRun: boolean
}

async function evict(parts: EvictionParts, request: Request): Promise<void> {
  const pod = await deleteUnguarded(parts, request)
  if (pod === undefined) return
  const budgets = await budgetsOf(parts.budgets, pod)
  const [budget] = budgets
  if (budgets.length > 1) {
    throw plainError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
  }
  const unhealthy = budget !== undefined && unhealthyMayGo(pod, budget)
  if (budget !== undefined && !unhealthy) await takeFromBudget(parts, { ...request, pod, budget })
  try {
    await deletePod(parts, request, unhealthy ? pinned(request.options, pod) : request.options)
  } catch (error) {
    const pinnedHere = unhealthy && request.options.preconditions?.resourceVersion === undefined
    if (pinnedHere && isConflict(error)) throw waitForBudget(budget?.name ?? '')
    throw error
  }
}

/** Deletes a pod that no budget guards, because it does not run; otherwise the pod as it is. */
async function deleteUnguarded(parts: EvictionParts, request: Request): Promise<KeptObject | undefined> {
  const pinnedByClient = request.options.preconditions?.resourceVersion !== undefined
  for (let left = attempts; ; left--) {
    const pod = await parts.pods.find(request.key)
    if (pod === undefined) throw notFound(podResource, request.key.name)
    const phase = String((pod.object()['status'] as JsonObject | undefined)?.['phase'] ?? '')
    const ended = phase === 'Succeeded' || phase === 'Failed' || pod.object().metadata.deletionTimestamp !== undefined
    if (!ended && phase !== 'Pending') return pod
    try {
      const pin = !ended && !pinnedByClient
      await deletePod(parts, request, pin ? pinned(request.options, pod) : request.options)
      return undefined
    } catch (error) {
      if (pinnedByClient || left === 1 || !isConflict(error)) throw error
    }
  }
}

/** Deletes a pod and says in its status why, without any more admission: the eviction was admitted. */
async function deletePod(
  { pods, podStatus, clock }: EvictionParts,
  { context, key, dryRun }: Request,
  options: DeleteRequest,
): Promise<void> {
  const admit = noAdmission()
  let checked = options
  if (!dryRun) {
    const { object } = await podStatus.update(
      context,
      {
        key,
        createAllowed: false,
        retryOnConflict: true,
        desired: async (current) => {
          if (current === undefined) throw notFound(podResource, key.name)
          checkDeletePreconditions({ group: '', kind: 'Pod' }, options, current)
          return withCondition(current.object(), clock.now())
        },
      },
      { dryRun, admit },
    )
    if (options.preconditions?.resourceVersion !== undefined) {
      checked = { ...options, preconditions: { ...options.preconditions, resourceVersion: String(object.revision) } }
    }
  }
  await pods.delete(context, key, checked, { dryRun, admit })
}

function withCondition(current: KubeObject, now: number): KubeObject {
  const pod = deepCopy(current)
  objectAt(pod, 'status')
  setPodCondition(
    pod,
    { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' },
    now,
  )
  return pod
}

function deleteOptionsOf(eviction: KubeObject): DeleteRequest {
  const options = (eviction['deleteOptions'] ?? {}) as DeleteRequest
  if (options['ignoreStoreReadErrorWithClusterBreakingPotential'] === true) {
    const problem = invalidValue(
      'deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential',
      true,
      'can not be set for pod eviction, try after removing the option',
    )
    throw invalid({ group: 'policy', kind: 'Eviction' }, eviction.metadata.name ?? '', [problem])
  }
  return options
}

function isDryRun(options: DeleteRequest): boolean {
  const dryRun = options['dryRun']
  return Array.isArray(dryRun) && dryRun.length > 0
}

function pinned(options: DeleteRequest, pod: KeptObject): DeleteRequest {
  return { ...options, preconditions: { ...options.preconditions, resourceVersion: String(pod.revision) } }
}

function isConflict(error: unknown): boolean {
  return StatusError.is(error) && error.reason === 'Conflict'
}

function noAdmission(): AdmissionHooks {
  return { mutate: async () => undefined, validate: async () => undefined }
}
