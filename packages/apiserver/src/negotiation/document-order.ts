import type { JsonObject, JsonValue } from '@fairlead/apimachinery'

/**
 * Merges two lists of field paths, each in document order, into the first `limit` of both in document order. The path
 * of a field is known only as text (`spec.containers[0].image`), and keys may have dots in them; the document decides.
 */
export function mergeInDocumentOrder(
  document: JsonObject,
  [left, right]: readonly [readonly string[], readonly string[]],
  limit: number,
): readonly string[] {
  const merged: string[] = []
  let leftAt = 0
  let rightAt = 0
  while (merged.length < limit) {
    const a = left[leftAt]
    const b = right[rightAt]
    if (a === undefined && b === undefined) break
    if (b === undefined || (a !== undefined && comparePositions(document, a, b) <= 0)) {
      merged.push(a ?? '')
      leftAt += 1
    } else {
      merged.push(b)
      rightAt += 1
    }
  }
  return merged
}

/** Negative when `a` stands before `b`. Follows both as far as they go the same way. */
function comparePositions(document: JsonObject, a: string, b: string): number {
  let value: JsonValue | undefined = document
  let at = 0
  while (value !== null && typeof value === 'object') {
    const step: Step | number = Array.isArray(value) ? elementStep(value, a, b, at) : memberStep(value, a, b, at)
    if (typeof step === 'number') return step
    value = step.value
    at = step.at
  }
  return a.length - b.length
}

interface Step {
  readonly value: JsonValue | undefined
  readonly at: number
}

function memberStep(object: JsonObject, a: string, b: string, at: number): Step | number {
  for (const key of Object.keys(object)) {
    const segment = at === 0 ? key : `.${key}`
    const inA = goesThrough(a, segment, at)
    const inB = goesThrough(b, segment, at)
    if (inA && inB) return { value: object[key], at: at + segment.length }
    if (inA) return -1
    if (inB) return 1
  }
  return 0
}

function elementStep(array: readonly JsonValue[], a: string, b: string, at: number): Step | number {
  const indexA = Number.parseInt(a.slice(at + 1, at + 9), 10)
  const indexB = Number.parseInt(b.slice(at + 1, at + 9), 10)
  if (Number.isNaN(indexA) || indexA !== indexB) return indexA - indexB || 0
  return { value: array[indexA], at: at + `[${indexA}]`.length }
}

function goesThrough(path: string, segment: string, at: number): boolean {
  if (!path.startsWith(segment, at)) return false
  const next = path[at + segment.length]
  return next === undefined || next === '.' || next === '['
}
