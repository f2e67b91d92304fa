/** Hears what a queue does. Durations are in seconds. */
export interface QueueMetrics {
  depth(items: number): void
  added(): void
  retried(): void
  /** A worker took an item that had waited so long. */
  taken(waited: number): void
  processed(duration: number): void
  /** Gives a function that tells how long each item that is being processed has been. */
  observe?(processing: () => readonly number[]): void
}

export const noQueueMetrics: QueueMetrics = {
  depth: () => undefined,
  added: () => undefined,
  retried: () => undefined,
  taken: () => undefined,
  processed: () => undefined,
}
