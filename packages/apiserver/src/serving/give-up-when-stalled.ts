/** A response whose bytes have all been handed over. */
interface EndedResponse {
  readonly writableLength: number
  setTimeout(milliseconds: number, listener: () => void): unknown
}

/** Less than this may wait for a client as long as the connection lives: a timer costs more than it. */
const negligible = 16 * 1024

/**
 * Calls `giveUp` when the client takes nothing of what still waits for it for so many milliseconds. While a body is being
 * made, the deadline of its request is in force; this is for what is left then.
 */
export function giveUpWhenStalled(response: EndedResponse, milliseconds: number, giveUp: () => void): void {
  if (response.writableLength > negligible) response.setTimeout(milliseconds, giveUp)
}
