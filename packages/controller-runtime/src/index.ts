export { type Change, type ReconcileRequest, requestFor, statesOf } from './controller/change.ts'
export { type Controller, controller } from './controller/controller.ts'
export {
  type ControllerOptions,
  type MappedResource,
  type ReconcileContext,
  type Reconciler,
  type ReconcileResult,
  TerminalError,
  type WatchedKind,
  type WatchedResource,
} from './controller/controller-options.ts'
export {
  allOf,
  annotationsChanged,
  anyOf,
  generationChanged,
  labelsChanged,
  not,
  partChanged,
  type Predicate,
  resourceVersionChanged,
} from './controller/predicates.ts'
export type { ControllerRuntime, Runnable } from './controller/runtime.ts'
export type { CoreEvent, EventType, ObjectReference } from './events/event.ts'
export { LruMap } from './events/lru.ts'
export { createEventRecorder, type EventRecorder, type EventRecorderOptions } from './events/event-recorder.ts'
export {
  createEventSeriesRecorder,
  type EventSeriesRecorder,
  type EventSeriesRecorderOptions,
  type Happening,
} from './events/event-series-recorder.ts'
export type { EventSeries, SeriesEvent } from './events/series-event.ts'
export {
  defaultElectionTimes,
  type ElectionTimes,
  type LeaderElectionOptions,
  LeadershipLostError,
} from './leader-election/election-options.ts'
export type { HealthAnswer, HealthCheck, HealthChecks } from './health/health-checks.ts'
export { runWithLeaderElection } from './leader-election/leader-election.ts'
export type { Lease, LeaseSpec } from './leader-election/lease.ts'
export { createManager, type Manager, type ManagerOptions } from './manager/manager.ts'
export { noQueueMetrics, type QueueMetrics } from './queue/queue-metrics.ts'
export {
  bucketRateLimiter,
  defaultRateLimiter,
  itemExponentialRateLimiter,
  maxOfRateLimiter,
  type RateLimiter,
} from './queue/rate-limiter.ts'
export { createWorkQueue, type Priority, type WorkQueue, type WorkQueueOptions } from './queue/work-queue.ts'
export { registerQueueMetrics } from './metrics/queue-metrics.ts'
export {
  type Counter,
  createMetricsRegistry,
  type Gauge,
  type Histogram,
  type Labels,
  type MetricsRegistry,
} from './metrics/registry.ts'
export {
  type Condition,
  findCondition,
  isConditionTrue,
  removeCondition,
  setCondition,
} from './objects/conditions.ts'
export { createOrPatch, createOrUpdate, type Ensured, type Mutation } from './objects/create-or-update.ts'
export { type Finalization, finalize } from './objects/finalize.ts'
export { hasFinalizer, withFinalizer, withoutFinalizer } from './objects/finalizers.ts'
export {
  AlreadyOwnedError,
  controllerOf,
  controllerReference,
  withControllerReference,
} from './objects/owner-references.ts'
export { patchStatus } from './objects/patch-status.ts'
export { microTimeText } from './objects/time.ts'
