import { createYielding } from '@fairlead/client'
import { createWorkQueue, itemExponentialRateLimiter, registerQueueMetrics } from '@fairlead/controller-runtime'
import type { Clock } from '@fairlead/apimachinery'
import type { MetricsRegistry, WorkQueue } from '@fairlead/controller-runtime'
import type { GraphNode } from './graph-node.ts'

/** A work queue of nodes that takes thousands at once without holding up the thread. */
export interface NodeQueue {
  add(nodes: Iterable<GraphNode>): void
  addLater(node: GraphNode): void
  /** Works on nodes, so many at a time, until the queue is shut down; work that has begun ends. */
  run(workers: number, work: NodeWork): Promise<void>
  shutDown(): void
}

export interface NodeWork {
  /** False, or what it throws: the node comes again after a while that grows each time. */
  attempt(node: GraphNode): Promise<boolean>
  onError(error: unknown, node: GraphNode): void
}

export interface NodeQueueOptions {
  /** Upstream's, for metrics. */
  readonly name: string
  readonly clock: Clock
  readonly metrics: MetricsRegistry
}

/** As many are queued at once. */
const few = 100

export function createNodeQueue({ name, clock, metrics }: NodeQueueOptions): NodeQueue {
  const queue = createWorkQueue<GraphNode>({
    clock,
    // Without a common bound, which would let what failed wait for thousands that only wait for their watch.
    rateLimiter: itemExponentialRateLimiter(),
    metrics: registerQueueMetrics(metrics, name),
  })
  let waiting: (readonly GraphNode[])[] = []
  let isFilling = false

  async function fill(): Promise<void> {
    const yielding = createYielding()
    while (waiting.length > 0) {
      const groups = waiting
      waiting = []
      for (const node of groups.flat()) {
        queue.add(node)
        const turn = yielding.turn()
        if (turn !== undefined) await turn
      }
    }
    isFilling = false
  }

  return {
    add(nodes) {
      const group = [...nodes]
      if (!isFilling && group.length <= few) {
        for (const node of group) queue.add(node)
        return
      }
      waiting.push(group)
      if (isFilling) return
      isFilling = true
      // Whoever adds so many has held the thread for a while.
      clock.after(0, () => void fill())
    },
    addLater: (node) => queue.addRateLimited(node),
    async run(workers, work) {
      await Promise.all(Array.from({ length: workers }, () => runWorker(queue, work)))
    },
    shutDown() {
      waiting = []
      queue.shutDown()
    },
  }
}

async function runWorker(queue: WorkQueue<GraphNode>, { attempt, onError }: NodeWork): Promise<void> {
  for (;;) {
    const node = await queue.get()
    if (node === undefined || queue.isShuttingDown) return
    let isDone = false
    try {
      isDone = await attempt(node)
    } catch (error) {
      onError(error, node)
    }
    if (isDone) queue.forget(node)
    else queue.addRateLimited(node)
    queue.done(node)
  }
}
