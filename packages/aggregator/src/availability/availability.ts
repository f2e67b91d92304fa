import { type Clock, deepEqual, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { type ApiService, type ApiServiceCondition, isAvailable } from '../api-service/api-service.ts'
import { createKeyedLoop, type KeyedLoop } from '../loops/keyed-loop.ts'
import { leadsToService } from '../routes/backend-target.ts'
import type { Route } from '../routes/route.ts'
import type { RouteChange, RouteTable } from '../routes/route-table.ts'
import type { ServiceCatalog } from '../services/service-catalog.ts'
import type { AvailabilityMetrics } from './availability-metrics.ts'
import { checkService } from './check-service.ts'
import { conditionObject, type Finding, removeCondition, setCondition } from './conditions.ts'
import { explainDocument, explainFailure, explainProblem, explainStaleness, explainingTypes } from './explain.ts'
import { discoveryPath, probe } from './probe.ts'

/** What the loop works with. */
export interface AvailabilityOptions {
  readonly clock: Clock
  readonly routes: RouteTable
  readonly catalog: ServiceCatalog
  readonly metrics: AvailabilityMetrics
  /** Writes the status of an APIService; rejects when it has changed meanwhile. */
  writeStatus(object: KubeObject): Promise<void>
  /** A monotonic clock in milliseconds, for latencies. */
  elapsed(): number
  /** Why the OpenAPI document of an APIService is left out. */
  openApiProblem(name: string): string | undefined
  /** Since when and why discovery lists what a server said some time ago. */
  staleness(name: string): string | undefined
  onFailure?(name: string, error: unknown): void
}

/** The last look at a backend. */
export interface ProbeRecord {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly latency: number
  readonly reason: string
  readonly message: string
}

/** Keeps the `Available` condition of every APIService true. */
export interface Availability {
  lastProbe(name: string): ProbeRecord | undefined
  /** Looks at an APIService again. */
  lookAgain(name: string): void
  /** Looks at every APIService of a Service again. */
  serviceChanged(namespace: string, name: string): void
  /** Resolves when every APIService has been looked at. */
  settled(): Promise<void>
  stop(): void
}

const resync = 30_000
const backoff = { first: 5, maximum: 30_000 }

/** Starts the loop. Each APIService is looked at on its own; a change of it or of its Service is looked at once. */
export function createAvailability(options: AvailabilityOptions): Availability {
  const { clock, routes } = options
  const records = new Map<string, ProbeRecord>()
  const loop: KeyedLoop = createKeyedLoop({
    clock,
    interval: resync,
    backoff,
    work: (name, signal) => look(name, signal),
    ...(options.onFailure === undefined ? {} : { onFailure: options.onFailure }),
  })

  async function look(name: string, signal: AbortSignal): Promise<void> {
    const route = routes.get(name)
    if (route === undefined) return
    const started = options.elapsed()
    const findings = await examine(route, signal)
    if (signal.aborted) return
    const { available, explanations } = findings
    const current = routes.get(name)
    if (current === undefined) return
    if (available !== undefined) {
      const { reason, message } = available
      records.set(name, { at: clock.now(), latency: options.elapsed() - started, reason, message })
      current.verdict = { available: available.status === 'True' }
      options.metrics.observe(name, available)
    }
    const openApi = options.openApiProblem(name)
    const staleness = options.staleness(name)
    await write(current.apiService, available, [
      ...explanations,
      ...(staleness === undefined ? [] : [explainStaleness(staleness)]),
      ...(openApi === undefined ? [] : [explainDocument(openApi)]),
    ])
    if (available !== undefined && available.status !== 'True' && isAvailable(current.apiService)) {
      options.metrics.wentDown(name, available.reason)
    }
    if (available !== undefined && available.reason === 'FailedDiscoveryCheck') throw new Error(available.message)
    if (available === undefined) throw new Error(explanations[0]?.message ?? 'not examined')
  }

  async function examine({ apiService, backend, problem }: Route, signal: AbortSignal): Promise<Findings> {
    const { service } = apiService
    if (service === undefined) return { available: localFinding, explanations: [] }
    const unusable = backend === undefined ? [explainProblem(problem ?? 'no transport')] : []
    const refusal = leadsToService(apiService) ? checkService(options.catalog, service) : undefined
    if (refusal !== undefined) return { available: { type: 'Available', ...refusal }, explanations: unusable }
    if (backend === undefined) {
      // What is available stays so, as upstream leaves it: clients then get the reason instead of `service unavailable`.
      const available = isAvailable(apiService) ? undefined : failedFinding(problem ?? 'no transport')
      return { available, explanations: unusable }
    }
    const failure = await probe(backend, discoveryPath(apiService), { clock, signal })
    if (failure === undefined) return { available: passedFinding, explanations: [] }
    if (!signal.aborted) backend.renew()
    return { available: failedFinding(failure.message), explanations: explainFailure(apiService, failure) }
  }

  async function write(
    apiService: ApiService,
    available: Finding | undefined,
    explanations: readonly Finding[],
  ): Promise<void> {
    const now = clock.now()
    let conditions = apiService.conditions
    if (available !== undefined) conditions = setCondition(conditions, available, now)
    for (const type of explainingTypes) {
      const explanation = explanations.find((finding) => finding.type === type)
      conditions =
        explanation === undefined ? removeCondition(conditions, type) : setCondition(conditions, explanation, now)
    }
    if (conditions !== apiService.conditions) await options.writeStatus(withConditions(apiService.object, conditions))
  }

  function changed({ name, before, after }: RouteChange): void {
    if (after === undefined) {
      loop.forget(name)
      records.delete(name)
      options.metrics.forget(name)
    } else if (before === undefined || !deepEqual(before.apiService.object['spec'], after.apiService.object['spec'])) {
      loop.trigger(name)
    } else if (before.backend !== after.backend || !isOurs(after, records.get(name))) {
      loop.trigger(name)
    }
  }

  for (const { apiService } of routes.all()) loop.trigger(apiService.name)
  routes.onChange(changed)
  return {
    lastProbe: (name) => records.get(name),
    lookAgain: (name) => loop.trigger(name),
    serviceChanged(namespace, name) {
      for (const { apiService } of routes.all()) {
        const { service } = apiService
        if (service?.namespace === namespace && service.name === name) loop.trigger(apiService.name)
      }
    },
    settled: () => loop.settled(),
    stop: () => loop.stop(),
  }
}

interface Findings {
  /** Undefined leaves the condition as it is. */
  readonly available: Finding | undefined
  readonly explanations: readonly Finding[]
}

const localFinding: Finding = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
}

const passedFinding: Finding = { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }

function failedFinding(message: string): Finding {
  return { type: 'Available', status: 'False', reason: 'FailedDiscoveryCheck', message }
}

/** Whether the stored condition is what the last look found: then a change of the status was this loop's own. */
function isOurs({ apiService }: Route, record: ProbeRecord | undefined): boolean {
  const available = apiService.conditions.find(({ type }) => type === 'Available')
  return record === undefined || (available?.reason === record.reason && available.message === record.message)
}

/** The object with other conditions; the rest of its status stays. */
function withConditions(object: KubeObject, conditions: readonly ApiServiceCondition[]): KubeObject {
  const status = (object['status'] ?? {}) as JsonObject
  return { ...object, status: { ...status, conditions: conditions.map(conditionObject) } }
}
