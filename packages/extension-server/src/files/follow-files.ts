import { readFile } from 'node:fs/promises'
import type { Clock } from '@fairlead/apimachinery'

/** How often files are read again, in milliseconds. */
const interval = 60_000

/** What files say, as they stand and as they change. */
export interface FollowedFiles<Value> {
  /** What was made of them last. */
  current(): Value
  stop(): void
}

/**
 * Makes a value of the texts of files, and anew when one of them has changed: they are read every minute, and `onChange` is
 * told. Rejects when a file cannot be read at the start, with the flag's name, or cannot be used; later the old value stays,
 * and `onError` is told.
 */
export async function followFiles<Value>(
  files: readonly { readonly flag: string; readonly path: string }[],
  make: (texts: readonly string[]) => Value,
  options: { readonly clock: Clock; onChange(): void; onError(error: unknown): void },
): Promise<FollowedFiles<Value>> {
  const read = (): Promise<readonly string[]> =>
    Promise.all(
      files.map(({ flag, path }) =>
        readFile(path, 'utf8').catch((cause: Error) => {
          throw new Error(`${flag} "${path}": ${cause.message}`, { cause })
        }),
      ),
    )
  let texts = await read()
  let value = make(texts)
  let cancel = files.length === 0 ? () => undefined : options.clock.after(interval, look)
  let stopped = false
  function look(): void {
    read()
      .then((current) => {
        if (stopped || current.every((text, index) => text === texts[index])) return
        texts = current
        value = make(texts)
        options.onChange()
      })
      .catch(options.onError)
      .finally(() => {
        if (!stopped) cancel = options.clock.after(interval, look)
      })
  }
  return {
    current: () => value,
    stop() {
      stopped = true
      cancel()
    },
  }
}
