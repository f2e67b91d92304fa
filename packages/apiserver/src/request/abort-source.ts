/**
 * An abort signal that costs nothing until somebody asks for it: most requests are answered without anyone listening.
 * With a parent, the signal is also aborted when the parent's is; the parent is only asked when the child is.
 */
export class AbortSource {
  readonly #parent: (() => AbortSignal) | undefined
  #controller: AbortController | undefined
  #reason: (() => unknown) | undefined

  constructor(parent?: () => AbortSignal) {
    this.#parent = parent
  }

  get signal(): AbortSignal {
    this.#controller ??= this.#open()
    return this.#controller.signal
  }

  /** Aborts the signal; a second call does nothing. The reason is made when somebody listens. */
  abort(reason: () => unknown): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    this.#controller?.abort(reason())
  }

  #open(): AbortController {
    const controller = new AbortController()
    if (this.#reason !== undefined) {
      controller.abort(this.#reason())
      return controller
    }
    const parent = this.#parent?.()
    if (parent?.aborted === true) this.#inherit(controller, parent)
    else parent?.addEventListener('abort', () => this.#inherit(controller, parent), { once: true })
    return controller
  }

  #inherit(controller: AbortController, parent: AbortSignal): void {
    this.#reason ??= () => parent.reason
    controller.abort(parent.reason)
  }
}
