import { type Client, type DiscoveredApis, sleep } from '@fairlead/client'

/** Keeps asking the server what it serves. */
export interface ApiFollower {
  /** Runs until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** Asks now; whoever does so meanwhile shares the answer. Rejects when there is none. */
  refresh(): Promise<DiscoveredApis>
  /** Resolves when the server has answered once. */
  answered(): Promise<void>
  /** Asks again shortly: there is a sign that something has changed. */
  soon(): void
}

export interface ApiFollowerOptions {
  readonly client: Client
  onApis(apis: DiscoveredApis): void
  onError(error: unknown): void
}

/** As often as upstream. */
const period = 30_000
/** Signs come in groups, and before what they announce is served. */
const settling = 300
/** What the server could not tell is asked for again after so long, then after twice that, up to the period. */
const firstRetry = 1000

export function followApis({ client, onApis, onError }: ApiFollowerOptions): ApiFollower {
  const { clock } = client.times
  let asking: Promise<DiscoveredApis> | undefined
  let isSignalled = false
  let wake = (): void => undefined
  let noteAnswered = (): void => undefined
  const answered = new Promise<void>((resolve) => {
    noteAnswered = resolve
  })

  function refresh(): Promise<DiscoveredApis> {
    asking ??= (async () => {
      try {
        const apis = await client.discovery.refresh()
        onApis(apis)
        noteAnswered()
        return apis
      } finally {
        asking = undefined
      }
    })()
    return asking
  }

  async function ask(signal: AbortSignal): Promise<boolean> {
    try {
      return (await refresh()).failures.size === 0
    } catch (error) {
      if (!signal.aborted) onError(error)
      return false
    }
  }

  async function pause(time: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const waking = new AbortController()
    wake = () => waking.abort()
    signal.addEventListener('abort', wake, { once: true })
    if (!isSignalled) await sleep(clock, time, waking.signal).catch(() => undefined)
    signal.removeEventListener('abort', wake)
    if (isSignalled) await sleep(clock, settling, signal).catch(() => undefined)
  }

  return {
    async run(signal) {
      let failures = 0
      while (!signal.aborted) {
        if (isSignalled) failures = 0
        isSignalled = false
        failures = (await ask(signal)) ? 0 : failures + 1
        await pause(failures === 0 ? period : Math.min(period, firstRetry * 2 ** (failures - 1)), signal)
      }
    },
    refresh,
    answered: () => answered,
    soon() {
      isSignalled = true
      wake()
    },
  }
}
