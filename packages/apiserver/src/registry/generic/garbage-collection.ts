import type { ResourceStrategy } from '@fairlead/openapi'
import type { DeleteRequest } from '../rest/capabilities.ts'

const orphan = 'orphan'
const foreground = 'foregroundDeletion'

type Policy = ResourceStrategy['garbageCollection']

/**
 * The finalizers of an object once the garbage collector has been told what to do with its dependents: explicit
 * options win over finalizers that the object has, and those over the kind's default.
 */
export function finalizersForDeletion(
  finalizers: readonly string[],
  options: DeleteRequest,
  policy: Policy,
): readonly string[] {
  const wanted: string[] = []
  if (shouldOrphan(finalizers, options, policy)) wanted.push(orphan)
  if (shouldDeleteInForeground(finalizers, options, policy)) wanted.push(foreground)
  const others = finalizers.filter((finalizer) => finalizer !== orphan && finalizer !== foreground)
  const result = [...others, ...wanted]
  return sameSet(result, finalizers) ? finalizers : result
}

/** The same for objects that are deleted in phases, which have no default. */
export function finalizersForPhases(finalizers: readonly string[], options: DeleteRequest): readonly string[] {
  const { orphanDependents, propagationPolicy } = options
  const wanted = (finalizer: string): boolean => {
    if (orphanDependents !== undefined) return finalizer === orphan && orphanDependents
    if (propagationPolicy === undefined) return finalizers.includes(finalizer)
    return propagationPolicy === (finalizer === orphan ? 'Orphan' : 'Foreground')
  }
  const others = finalizers.filter((finalizer) => finalizer !== orphan && finalizer !== foreground)
  return [...others, ...[orphan, foreground].filter(wanted)]
}

function shouldOrphan(finalizers: readonly string[], options: DeleteRequest, policy: Policy): boolean {
  if (policy === 'Unsupported') return false
  if (options.orphanDependents !== undefined) return options.orphanDependents
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Orphan'
  const existing = finalizers.find((finalizer) => finalizer === orphan || finalizer === foreground)
  return existing === undefined ? policy === 'Orphan' : existing === orphan
}

function shouldDeleteInForeground(finalizers: readonly string[], options: DeleteRequest, policy: Policy): boolean {
  if (policy === 'Unsupported' || options.orphanDependents !== undefined) return false
  if (options.propagationPolicy !== undefined) return options.propagationPolicy === 'Foreground'
  return finalizers.find((finalizer) => finalizer === orphan || finalizer === foreground) === foreground
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.every((item) => b.includes(item)) && b.every((item) => a.includes(item))
}
