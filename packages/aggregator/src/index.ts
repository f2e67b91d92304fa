export { type Aggregator, type AggregatorOptions, createAggregator } from './aggregator.ts'
export { longRunningAnnotation } from './api-service/long-running.ts'
export { describeApiServices } from './api-service/describe-api-services.ts'
export type { InProcessServer } from './backend/in-process-backend.ts'
export type { ClientCertificate } from './backend/tls-target.ts'
export type { AggregatedGroups } from './discovery/aggregated-groups.ts'
export { builtinPriority } from './registration/builtin-priorities.ts'
export {
  type ApiServiceWriter,
  type AutoRegistration,
  automanagedLabel,
  type LocalGroupVersion,
} from './registration/auto-registration.ts'
export { inProcessAnnotation, urlAnnotation } from './routes/backend-target.ts'
export type { ObjectChange, ObjectView } from './routes/object-view.ts'
export type { KeptSnapshots } from './snapshots/kept-snapshots.ts'
