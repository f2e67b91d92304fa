/**
 * Hears of the objects of an informer. Calls for one handler come one after the other, and a promise is awaited; other
 * handlers and the store do not wait for it. What changes again before a handler has heard of it is told once: a handler
 * sees the last state of every object, and not every state.
 */
export interface InformerHandler<T> {
  /** An object that this handler has not seen. `isInInitialList`: it was there before the informer, or the handler. */
  add?(object: T, isInInitialList: boolean): void | Promise<void>
  /** `before` is what this handler saw last. In a resync both are the same object. */
  update?(before: T, after: T): void | Promise<void>
  /**
   * An object that this handler has seen. `finalStateUnknown`: the deletion itself was missed, so that `object` is the last
   * known state and not the last one.
   */
  delete?(object: T, finalStateUnknown: boolean): void | Promise<void>
}

/** A handler that was added to an informer. */
export interface HandlerRegistration {
  /** Whether the handler has been told of everything that was in the initial list. */
  readonly hasSynced: boolean
  /** Resolves when that is so; rejects with the signal's reason, or when the handler or the informer ends first. */
  synced(signal?: AbortSignal): Promise<void>
  /** Ends the calls. One that is under way is not awaited. */
  remove(): void
}
