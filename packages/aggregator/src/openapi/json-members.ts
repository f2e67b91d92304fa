import { setImmediate as nextTurn } from 'node:timers/promises'

/** Where the value of a member stands in the bytes. */
export interface MemberRange {
  readonly start: number
  readonly end: number
}

const slice = 256 * 1024
const quoteMark = 0x22
const backslash = 0x5c

/**
 * The members of the object that begins at `start`, without building any of their values: a large document is looked
 * through in slices, with other work in between, and only what is needed is parsed. Throws for what is no object.
 */
export async function objectMembers(bytes: Buffer, start = 0): Promise<ReadonlyMap<string, MemberRange>> {
  const members = new Map<string, MemberRange>()
  let position = skipSpace(bytes, start)
  if (bytes[position] !== 0x7b) throw malformed(position)
  position = skipSpace(bytes, position + 1)
  if (bytes[position] === 0x7d) return members
  let looked = position
  for (;;) {
    if (bytes[position] !== quoteMark) throw malformed(position)
    const keyEnd = stringEnd(bytes, position)
    const key = parseText(bytes, position, keyEnd)
    position = skipSpace(bytes, keyEnd)
    if (bytes[position] !== 0x3a) throw malformed(position)
    const valueStart = skipSpace(bytes, position + 1)
    position = await valueEnd(bytes, valueStart)
    members.set(key, { start: valueStart, end: position })
    if (position - looked > slice) {
      await nextTurn()
      looked = position
    }
    position = skipSpace(bytes, position)
    if (bytes[position] === 0x7d) return members
    if (bytes[position] !== 0x2c) throw malformed(position)
    position = skipSpace(bytes, position + 1)
  }
}

/** The value that stands in a range. Throws when it is none. */
export function parseRange(bytes: Buffer, { start, end }: MemberRange): unknown {
  return JSON.parse(bytes.toString('utf8', start, end))
}

async function valueEnd(bytes: Buffer, start: number): Promise<number> {
  const first = bytes[start]
  if (first === quoteMark) return stringEnd(bytes, start)
  if (first !== 0x7b && first !== 0x5b) {
    let position = start
    while (position < bytes.length && !isEndOfScalar(bytes[position])) position += 1
    if (position === start) throw malformed(start)
    return position
  }
  let depth = 0
  let looked = start
  for (let position = start; position < bytes.length; position += 1) {
    const byte = bytes[position]
    if (byte === quoteMark) position = stringEnd(bytes, position) - 1
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) {
      depth -= 1
      if (depth === 0) return position + 1
    }
    if (position - looked > slice) {
      looked = position
      await nextTurn()
    }
  }
  throw malformed(bytes.length)
}

/** Behind the closing quote of the string that begins at `start`. */
function stringEnd(bytes: Buffer, start: number): number {
  let position = start
  for (;;) {
    position = bytes.indexOf(quoteMark, position + 1)
    if (position < 0) throw malformed(bytes.length)
    let escapes = 0
    while (bytes[position - 1 - escapes] === backslash) escapes += 1
    if (escapes % 2 === 0) return position + 1
  }
}

function parseText(bytes: Buffer, start: number, end: number): string {
  return JSON.parse(bytes.toString('utf8', start, end)) as string
}

function skipSpace(bytes: Buffer, start: number): number {
  let position = start
  while (bytes[position] === 0x20 || bytes[position] === 0x0a || bytes[position] === 0x0d || bytes[position] === 0x09) {
    position += 1
  }
  return position
}

function isEndOfScalar(byte: number | undefined): boolean {
  return (
    byte === 0x2c || byte === 0x7d || byte === 0x5d || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
  )
}

function malformed(position: number): SyntaxError {
  return new SyntaxError(`malformed JSON at byte ${position}`)
}
