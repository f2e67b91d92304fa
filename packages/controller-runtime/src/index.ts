export { noQueueMetrics, type QueueMetrics } from './queue/queue-metrics.ts'
export {
  bucketRateLimiter,
  defaultRateLimiter,
  itemExponentialRateLimiter,
  maxOfRateLimiter,
  type RateLimiter,
} from './queue/rate-limiter.ts'
export { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './queue/work-queue.ts'
