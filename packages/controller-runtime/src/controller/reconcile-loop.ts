import { type ObjectKey, splitKey } from '@fairlead/client'
import type { WorkQueue } from '../queue/work-queue.ts'
import type { ReconcileRequest } from './change.ts'
import { type ReconcileResult, TerminalError } from './controller-options.ts'

/** How a reconcile ended, in the words of upstream's metrics. */
export type ReconcileOutcome = 'success' | 'error' | 'requeue' | 'requeue_after'

export interface ReconcileLoop {
  readonly queue: WorkQueue<ObjectKey>
  readonly signal: AbortSignal
  reconcile(request: ReconcileRequest): Promise<ReconcileResult>
  onError(error: unknown, key: ObjectKey, isTerminal: boolean): void
  /** Brackets a reconcile. */
  begun?(): (outcome: ReconcileOutcome) => void
}

/** One worker: takes keys, one after the other, until the signal is aborted or the queue is shut down and empty. */
export async function runWorker(loop: ReconcileLoop): Promise<void> {
  const { queue, signal } = loop
  for (;;) {
    const key = await queue.get()
    if (key === undefined) return
    try {
      if (signal.aborted) continue
      const ended = loop.begun?.()
      const outcome = await reconcileKey(loop, key)
      ended?.(outcome)
    } finally {
      queue.done(key)
    }
  }
}

async function reconcileKey(loop: ReconcileLoop, key: ObjectKey): Promise<ReconcileOutcome> {
  const { queue } = loop
  let result: ReconcileResult
  try {
    result = await loop.reconcile(splitKey(key))
  } catch (error) {
    const isTerminal = error instanceof TerminalError
    if (!isTerminal) queue.addRateLimited(key)
    loop.onError(error, key, isTerminal)
    return 'error'
  }
  if (result !== undefined && 'requeueAfter' in result && result.requeueAfter > 0) {
    queue.forget(key)
    queue.addAfter(key, result.requeueAfter)
    return 'requeue_after'
  }
  if (result !== undefined && 'requeue' in result) {
    queue.addRateLimited(key)
    return 'requeue'
  }
  queue.forget(key)
  return 'success'
}
