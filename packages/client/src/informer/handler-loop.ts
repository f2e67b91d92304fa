import { untilAborted } from '../abort.ts'
import type { HandlerRegistration, InformerHandler } from './handler.ts'
import { type Notification, PendingChanges } from './pending-changes.ts'
import { createYielding } from '../yielding.ts'

/** Tells one handler what is pending for it, one thing after the other. */
export class HandlerLoop<T> implements HandlerRegistration {
  readonly pending: PendingChanges<T> = new PendingChanges<T>()
  readonly #handler: InformerHandler<T>
  readonly #onError: (error: unknown) => void
  readonly #onRemove: (loop: HandlerLoop<T>) => void
  #isRunning = false
  #isStopped = false
  #listed = false
  #delivering = 0
  #resolveSynced: () => void = () => undefined
  #rejectSynced: (reason: Error) => void = () => undefined
  readonly #synced = new Promise<void>((resolve, reject) => {
    this.#resolveSynced = resolve
    this.#rejectSynced = reject
  })

  constructor(
    handler: InformerHandler<T>,
    hooks: { onError(error: unknown): void; onRemove(loop: HandlerLoop<T>): void },
  ) {
    this.#handler = handler
    this.#onError = hooks.onError
    this.#onRemove = hooks.onRemove
    // Nobody need wait for it.
    this.#synced.catch(() => undefined)
  }

  get hasSynced(): boolean {
    return this.#listed && this.pending.initialLeft === 0 && this.#delivering === 0
  }

  synced(signal?: AbortSignal): Promise<void> {
    return untilAborted(this.#synced, signal)
  }

  remove(): void {
    this.stop()
    this.#onRemove(this)
  }

  stop(): void {
    this.#isStopped = true
    this.pending.clear()
    this.#rejectSynced(new Error('the handler has been removed, or its informer has stopped'))
  }

  /** All of the initial list is pending or told. */
  listed(): void {
    this.#listed = true
    this.#noteSynced()
  }

  /** To be called when something became pending. Handlers are never called from within this call. */
  wake(): void {
    if (this.#isRunning || this.#isStopped || this.pending.isEmpty) return
    this.#isRunning = true
    void Promise.resolve().then(() => this.#run())
  }

  async #run(): Promise<void> {
    const yielding = createYielding()
    while (!this.pending.isEmpty && !this.#isStopped) {
      const before = this.pending.initialLeft
      const notifications = this.pending.take()
      this.#delivering = before - this.pending.initialLeft
      for (const notification of notifications) {
        try {
          const handled = this.#tell(notification)
          if (handled !== undefined) await handled
        } catch (error) {
          this.#onError(error)
        }
      }
      this.#delivering = 0
      if (before > 0) this.#noteSynced()
      const turn = yielding.turn()
      if (turn !== undefined) await turn
    }
    this.#isRunning = false
  }

  #tell(notification: Notification<T>): void | Promise<void> {
    switch (notification.type) {
      case 'add':
        return this.#handler.add?.(notification.object, notification.isInInitialList)
      case 'update':
        return this.#handler.update?.(notification.before, notification.after)
      case 'delete':
        return this.#handler.delete?.(notification.object, notification.finalStateUnknown)
    }
  }

  #noteSynced(): void {
    if (this.hasSynced) this.#resolveSynced()
  }
}
