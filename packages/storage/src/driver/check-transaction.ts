import { ValueTooLargeError } from '../storage.ts'
import type { Write } from '../storage.ts'

/** The largest value that a store takes, in bytes: the request limit of etcd. */
export const maxValueBytes: number = 1_572_864

/** The longest key that a store takes, in UTF-8 bytes. */
export const maxKeyBytes = 1500

/**
 * What every driver refuses before it looks at its data: values and keys over the limits (`ValueTooLargeError`), a key
 * written twice (`TypeError`), and a time to live that is not a positive number (`RangeError`).
 */
export function checkWrites(writes: readonly Write[]): void {
  const seen = writes.length > 1 ? new Set<string>() : undefined
  for (const write of writes) {
    checkKey(write.key)
    if (seen?.has(write.key)) throw new TypeError(`the key ${write.key} is written twice in one transaction`)
    seen?.add(write.key)
    if (write.type !== 'put') continue
    if (write.value.byteLength > maxValueBytes) throw new ValueTooLargeError(write.value.byteLength)
    if (write.ttlSeconds !== undefined && !(write.ttlSeconds > 0)) {
      throw new RangeError(`the time to live of ${write.key} is ${write.ttlSeconds}, not a positive number of seconds`)
    }
  }
}

function checkKey(key: string): void {
  if (key === '') throw new TypeError('a key is empty')
  // A UTF-16 unit takes at most three UTF-8 bytes, so most keys need no count.
  if (key.length * 3 <= maxKeyBytes) return
  const bytes = utf8Length(key)
  if (bytes > maxKeyBytes) throw new ValueTooLargeError(bytes)
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}
