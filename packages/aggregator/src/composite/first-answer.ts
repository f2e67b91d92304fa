import { isJsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { ApiResponse } from '@fairlead/apiserver'
import { collect } from '../backend/collect.ts'
import { BackendError } from '../backend/backend.ts'
import { peek } from './peek.ts'

/** Longer lists are not empty. */
const emptyListLimit = 4096
const errorLimit = 1 << 20

/** What a server said that does not settle the matter. */
interface Inconclusive {
  readonly rank: 'empty' | 'unknown' | 'failed'
  answer(): ApiResponse
}

/**
 * The answer of the first server that knows what is asked for. One that answers 404 or an empty list leaves it to the next;
 * so does one that fails, but then nobody can say that there is nothing. When nobody knows: the failure, otherwise the empty
 * list, otherwise the 404. What a caller may not see (401, 403) settles the matter.
 */
export async function firstAnswer(
  servers: readonly (() => Promise<ApiResponse>)[],
  signal: AbortSignal,
): Promise<ApiResponse> {
  const others: Inconclusive[] = []
  for (const ask of servers) {
    if (signal.aborted) break
    const found = await look(ask)
    if ('status' in found) return found
    others.push(found)
  }
  for (const rank of ['failed', 'empty', 'unknown'] as const) {
    const found = others.find((each) => each.rank === rank)
    if (found !== undefined) return found.answer()
  }
  throw new BackendError('context canceled', { cause: signal.reason, stage: 'dial' })
}

async function look(ask: () => Promise<ApiResponse>): Promise<ApiResponse | Inconclusive> {
  try {
    const response = await ask()
    if (response.status === 200) return await lookAtContent(response)
    if (response.status < 400 || response.status === 401 || response.status === 403) return response
    const whole = await collect(response, errorLimit)
    return { rank: response.status === 404 ? 'unknown' : 'failed', answer: () => whole }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    return {
      rank: 'failed',
      answer: () => {
        throw error
      },
    }
  }
}

async function lookAtContent(response: ApiResponse): Promise<ApiResponse | Inconclusive> {
  const type = response.headers['content-type']
  if (typeof type !== 'string' || !type.startsWith('application/json')) return response
  const peeked = await peek(response, emptyListLimit)
  if ('rest' in peeked) return peeked.rest
  const answer: ApiResponse = { ...response, body: peeked.whole }
  return isEmptyList(peeked.whole) ? { rank: 'empty', answer: () => answer } : answer
}

function isEmptyList(body: Uint8Array): boolean {
  let value: JsonValue
  try {
    value = JSON.parse(Buffer.from(body).toString()) as JsonValue
  } catch {
    return false
  }
  if (!isJsonObject(value) || value['items'] === undefined) return false
  const { items } = value
  return items === null || (Array.isArray(items) && items.length === 0)
}
