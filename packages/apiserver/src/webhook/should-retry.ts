import { WebhookError } from './webhook-client.ts'

/** Whether a failed question is worth asking again: the other end is overloaded, or the connection broke. */
export function shouldRetry(error: unknown): boolean {
  if (error instanceof WebhookError) return [429, 500, 504].includes(error.code)
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET'
}
