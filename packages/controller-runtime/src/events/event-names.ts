import type { KubeObject } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'

/**
 * Names events after their object and the time: nanoseconds in hexadecimal, each time of its own. The clock has
 * milliseconds; the rest is drawn, because others may tell of the same object in the same millisecond.
 */
export function eventNames({ clock, random }: Client['times']): (about: KubeObject) => string {
  let last = 0n
  return ({ metadata }) => {
    const now = BigInt(Math.trunc(clock.now())) * 1_000_000n + BigInt(Math.trunc(random() * 1_000_000))
    last = now > last ? now : last + 1n
    return `${metadata.name ?? ''}.${last.toString(16)}`
  }
}
