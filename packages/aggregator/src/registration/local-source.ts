import type { DiscoveryGroup } from '@fairlead/apiserver'
import { builtinPriority, type GroupVersionPriority } from './builtin-priorities.ts'

/** A part of this server that serves group-versions: the built-in ones, or those of CustomResourceDefinitions. */
export interface LocalSource {
  /** What it serves at the moment, as discovery lists it. The same array until something changes. */
  groups(): readonly DiscoveryGroup[]
  /** How its APIServices are kept: as they are at the start, or in sync all the time (REG-1). */
  readonly sync: 'start' | 'always'
  /** Where a group-version stands among others; undefined for one that gets no APIService. */
  priority(group: string, version: string): GroupVersionPriority | undefined
  /** Resolves when `groups` is whole for the first time: what is registered and unwanted by then is deleted (REG-4). */
  readonly ready?: Promise<void>
  /** Tells of every change after it has been made. Absent for what never changes. Returns how to stop. */
  readonly onChange?: (listener: () => void) => () => void
}

/** The built-in group-versions of a server. They never change (REG-3, REG-7). */
export function builtinSource(groups: readonly DiscoveryGroup[]): LocalSource {
  return { groups: () => groups, sync: 'start', priority: builtinPriority }
}

/** The groups of several sources as one list: the same array until one of them changes. */
export function mergeLocalGroups(sources: readonly LocalSource[]): () => readonly DiscoveryGroup[] {
  let inputs: readonly (readonly DiscoveryGroup[])[] = []
  let merged: readonly DiscoveryGroup[] = []
  return () => {
    const current = sources.map((source) => source.groups())
    const isSame = inputs.length === current.length && current.every((groups, index) => groups === inputs[index])
    if (!isSame) {
      inputs = current
      merged = merge(current)
    }
    return merged
  }
}

/** A group-version that two sources serve is the earlier one's (AGD-6). */
function merge(sources: readonly (readonly DiscoveryGroup[])[]): readonly DiscoveryGroup[] {
  const groups = new Map<string, DiscoveryGroup>()
  for (const group of sources.flat()) {
    const known = groups.get(group.name)
    const news = group.versions.filter(({ version }) => !known?.versions.some((entry) => entry.version === version))
    groups.set(group.name, known === undefined ? group : { ...known, versions: [...known.versions, ...news] })
  }
  return [...groups.values()]
}
