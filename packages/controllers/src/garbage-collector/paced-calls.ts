/** Makes many calls at a time, all of which end with one signal and do not pile up as its listeners. */
export interface PacedCalls {
  call<Value>(send: (signal: AbortSignal) => Promise<Value>): Promise<Value>
}

/**
 * So many calls begin before other work gets its turn: a server in this process may answer thousands of them without ever
 * leaving the thread.
 */
const inATurn = 16

export function createPacedCalls(parent: AbortSignal): PacedCalls {
  const running = new Set<AbortController>()
  let begun = 0
  let pause: Promise<void> | undefined
  const abortAll = (): void => {
    for (const controller of running) controller.abort(parent.reason)
  }
  parent.addEventListener('abort', abortAll, { once: true })

  function nextTurn(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => {
        begun = 0
        pause = undefined
        resolve()
      })
    })
  }

  async function turn(): Promise<void> {
    while (begun >= inATurn) {
      pause ??= nextTurn()
      await pause
    }
    begun += 1
  }

  return {
    async call(send) {
      await turn()
      const controller = new AbortController()
      if (parent.aborted) controller.abort(parent.reason)
      running.add(controller)
      try {
        return await send(controller.signal)
      } finally {
        running.delete(controller)
      }
    },
  }
}
