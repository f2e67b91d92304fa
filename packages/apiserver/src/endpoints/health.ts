import { quote } from '@fairlead/apimachinery'
import type { ServerLog } from '../filters/panic-recovery.ts'
import type { ApiResponse } from '../request/api-response.ts'
import type { Handler, RequestContext } from '../request/request-context.ts'
import { textErrorResponse, textResponse } from '../request/responses.ts'
import type { HealthCheck } from './health-checks.ts'

/** The checks behind `/healthz`, `/livez` and `/readyz`; read anew for every request. */
export interface HealthEndpoints {
  readonly healthz: () => readonly HealthCheck[]
  readonly livez: () => readonly HealthCheck[]
  readonly readyz: () => readonly HealthCheck[]
}

/** The handlers of the health endpoints, by path and by prefix for single checks. */
export function healthRoutes(
  endpoints: HealthEndpoints,
  log: ServerLog,
): { readonly exact: ReadonlyMap<string, Handler>; readonly prefixes: ReadonlyMap<string, Handler> } {
  const names = ['healthz', 'livez', 'readyz'] as const
  return {
    exact: new Map(names.map((name) => [`/${name}`, allChecks(name, endpoints[name], log)])),
    prefixes: new Map(names.map((name) => [`/${name}/`, singleCheck(`/${name}/`, endpoints[name])])),
  }
}

/** Runs all checks. Failures are listed with their reasons withheld; `?verbose` lists successes too. */
function allChecks(name: string, checks: () => readonly HealthCheck[], log: ServerLog): Handler {
  return async ({ request }) => {
    const query = request.rawQuery === '' ? undefined : request.query
    const excluded = new Set(query?.getAll('exclude') ?? [])
    const unknown = new Set(excluded)
    let lines = ''
    let failed = false
    for (const check of checks()) {
      if (excluded.has(check.name)) {
        unknown.delete(check.name)
        lines += `[+]${check.name} excluded: ok\n`
        continue
      }
      const failure = await runCheck(check)
      if (failure === undefined) {
        lines += `[+]${check.name} ok\n`
      } else {
        failed = true
        lines += `[-]${check.name} failed: reason withheld\n`
        log.error(`${name} check ${check.name} failed`, { error: failure })
      }
    }
    if (unknown.size > 0) {
      const listed = [...unknown].sort().map(quote).join(', ')
      lines += `warn: some health checks cannot be excluded: no matches for ${listed}\n`
    }
    if (failed) return textErrorResponse(500, `${lines}${name} check failed`)
    const text = query?.has('verbose') === true ? `${lines}${name} check passed\n` : 'ok'
    return textResponse(text, { 'x-content-type-options': 'nosniff' })
  }
}

function singleCheck(prefix: string, checks: () => readonly HealthCheck[]): Handler {
  return async ({ info }: RequestContext): Promise<ApiResponse> => {
    const name = info.path.slice(prefix.length)
    const check = checks().find((candidate) => candidate.name === name)
    if (check === undefined) return textErrorResponse(404, '404 page not found')
    const failure = await runCheck(check)
    return failure === undefined
      ? textResponse('ok')
      : textErrorResponse(500, `internal server error: ${failure.message}`)
  }
}

async function runCheck(check: HealthCheck): Promise<Error | undefined> {
  try {
    await check.check()
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error), { cause: error })
  }
}
