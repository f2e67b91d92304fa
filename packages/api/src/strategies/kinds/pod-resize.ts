import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { listAt, objectAt, stringAt } from '../../values/read.ts'
import { restoreAllBut, restoreField, restoreMetadata } from '../restore.ts'
import { resetMetadata } from '../strategy-rules.ts'

/**
 * Keeps of a resize request what it may change: resources and resize policies of containers and of the pod. A request
 * that adds, removes or renames containers is kept as it is, for validation to refuse.
 */
export function keepResizeOnly(next: KubeObject, previous: KubeObject): void {
  const sent = objectAt(next, 'spec')
  const lists = ['containers', 'initContainers']
  if (lists.some((list) => listAt(sent, list).length !== listAt(previous, 'spec', list).length)) return
  const merged = lists.map((list) => [list, resized(listAt(sent, list), listAt(previous, 'spec', list))] as const)
  restoreAllBut(next, previous, [])
  restoreMetadata(next, previous, resetMetadata)
  const spec = { ...objectAt(next, 'spec') }
  restoreField(spec, sent, 'resources')
  for (const [list, containers] of merged) if (containers.length > 0) spec[list] = containers
  next['spec'] = spec
}

function resized(next: readonly JsonValue[], previous: readonly JsonValue[]): JsonValue[] {
  const sameNames = next.every((container, index) => stringAt(container, 'name') === stringAt(previous[index], 'name'))
  if (!sameNames) return [...next]
  return previous.map((container, index) => {
    const merged = { ...objectAt(container) }
    for (const key of ['resources', 'resizePolicy']) restoreField(merged, objectAt(next[index]), key)
    return merged
  })
}
