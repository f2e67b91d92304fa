import type { AutoRegistration, LocalGroupVersion } from './auto-registration.ts'
import type { LocalSource } from './local-source.ts'

/** The registration of what local sources serve. */
export interface FollowedSources {
  /** Resolves when registration has started: every source is whole, and what it serves is wanted. */
  readonly started: Promise<void>
  stop(): void
}

/**
 * Wants an APIService for every group-version of the sources, and no longer when the last source stops to serve it. Of
 * several sources with one group-version the first decides how it is kept.
 */
export function followLocalSources(
  sources: readonly LocalSource[],
  registration: Pick<AutoRegistration, 'add' | 'remove' | 'start'>,
): FollowedSources {
  let wanted = new Map<string, LocalGroupVersion>()
  let stopped = false

  function look(): void {
    if (stopped) return
    const next = wantedOf(sources)
    for (const [name, { group, version }] of wanted) if (!next.has(name)) registration.remove(group, version)
    for (const [name, groupVersion] of next) {
      if (!isSame(wanted.get(name), groupVersion)) registration.add(groupVersion)
    }
    wanted = next
  }

  async function start(): Promise<void> {
    for (const { ready } of sources) await ready
    look()
    if (!stopped) registration.start()
  }

  const stops = sources.map(({ onChange }) => onChange?.(look))
  return {
    started: start(),
    stop() {
      stopped = true
      for (const stop of stops) stop?.()
    },
  }
}

function wantedOf(sources: readonly LocalSource[]): Map<string, LocalGroupVersion> {
  const wanted = new Map<string, LocalGroupVersion>()
  for (const { groups, priority, sync } of sources) {
    for (const { name: group, versions } of groups()) {
      for (const { version } of versions) {
        const found = priority(group, version)
        const name = `${version}.${group}`
        if (found === undefined || wanted.has(name)) continue
        const priorities = { groupPriorityMinimum: found.group, versionPriority: found.version }
        wanted.set(name, { group, version, ...priorities, sync })
      }
    }
  }
  return wanted
}

function isSame(a: LocalGroupVersion | undefined, b: LocalGroupVersion): boolean {
  return (
    a?.groupPriorityMinimum === b.groupPriorityMinimum && a.versionPriority === b.versionPriority && a.sync === b.sync
  )
}
