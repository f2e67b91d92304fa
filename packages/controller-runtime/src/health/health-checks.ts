/** Throws, or rejects, when something is not as it should be. Why is told to whoever asks for this check alone. */
export type HealthCheck = () => void | Promise<void>

/** An answer in plain text. */
export interface HealthAnswer {
  readonly status: number
  readonly text: string
}

/** Named checks behind one path, with the answers of controller-runtime's. */
export interface HealthChecks {
  /** Throws when the name is taken. */
  add(name: string, check: HealthCheck): void
  /**
   * Runs all checks, or the one of a name; undefined when there is none of that name. `verbose` in the query names them,
   * `exclude` leaves some out.
   */
  answer(name: string | undefined, query: URLSearchParams): Promise<HealthAnswer | undefined>
}

/** Without a check there is one that always passes. */
export function createHealthChecks(onFailure: (error: unknown, about: string) => void): HealthChecks {
  const checks = new Map<string, HealthCheck>()
  const failureOf = async (name: string): Promise<Error | undefined> => {
    try {
      await checks.get(name)?.()
      return undefined
    } catch (error) {
      onFailure(error, `health check ${name}`)
      return error instanceof Error ? error : new Error(String(error))
    }
  }
  const names = (): string[] => (checks.size === 0 ? ['ping'] : [...checks.keys()].toSorted())
  const answerAll = async (query: URLSearchParams): Promise<HealthAnswer> => {
    const excluded = new Set(query.getAll('exclude'))
    const lines: string[] = []
    let failed = false
    for (const name of names()) {
      if (excluded.delete(name)) lines.push(`[+]${name} excluded: ok`)
      else if ((await failureOf(name)) === undefined) lines.push(`[+]${name} ok`)
      else {
        failed = true
        lines.push(`[-]${name} failed: reason withheld`)
      }
    }
    if (!failed && !query.has('verbose')) return ok
    const unknown = [...excluded].map((name) => JSON.stringify(name)).join(',')
    if (unknown !== '') lines.push(`warn: some health checks cannot be excluded: no matches for ${unknown}`)
    lines.push(failed ? 'healthz check failed' : 'healthz check passed')
    return { status: failed ? 500 : 200, text: lines.map((line) => `${line}\n`).join('') }
  }
  return {
    add(name, check) {
      if (checks.has(name)) throw new Error(`there is a health check ${JSON.stringify(name)} already`)
      checks.set(name, check)
    },
    async answer(name, query) {
      if (name === undefined) return await answerAll(query)
      if (!names().includes(name)) return undefined
      const failure = await failureOf(name)
      return failure === undefined ? ok : { status: 500, text: `internal server error: ${failure.message}\n` }
    },
  }
}

const ok: HealthAnswer = { status: 200, text: 'ok' }
