import { type KubeObject, systemClock } from '@fairlead/apimachinery'
import type { DiscoveryGroup } from '@fairlead/apiserver'
import { expect, test } from 'vitest'
import type { ObjectChange, ObjectView } from '../routes/object-view.ts'
import { type ApiServiceWriter, automanagedLabel, createAutoRegistration } from './auto-registration.ts'
import { followLocalSources } from './follow-local-sources.ts'
import { builtinSource, type LocalSource, mergeLocalGroups } from './local-source.ts'

/** Groups from texts such as `a.io/v1`. */
function groupsOf(...groupVersions: readonly string[]): readonly DiscoveryGroup[] {
  const groups = new Map<string, string[]>()
  for (const text of groupVersions) {
    const [group = '', version = ''] = text.split('/')
    groups.set(group, [...(groups.get(group) ?? []), version])
  }
  return [...groups].map(([name, versions]) => ({
    name,
    versions: versions.map((version) => ({ version, freshness: 'Current', resources: [] })),
  }))
}

/** A source whose group-versions come and go, as those of CustomResourceDefinitions do. */
function changingSource(...initial: readonly string[]) {
  let groups = groupsOf(...initial)
  let becomeReady: () => void = () => undefined
  const listeners = new Set<() => void>()
  const source: LocalSource = {
    groups: () => groups,
    sync: 'always',
    priority: () => ({ group: 1000, version: 100 }),
    ready: new Promise((resolve) => {
      becomeReady = resolve
    }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    source,
    becomeReady: () => becomeReady(),
    serve(...groupVersions: readonly string[]) {
      groups = groupsOf(...groupVersions)
      for (const listener of listeners) listener()
    },
    listeners,
  }
}

/** APIServices in memory. */
function apiServices(...initial: readonly KubeObject[]) {
  const objects = new Map(initial.map((object) => [object.metadata.name ?? '', object]))
  const listeners: ((change: ObjectChange) => void)[] = []
  const set = (name: string, after: KubeObject | undefined): void => {
    const before = objects.get(name)
    if (after === undefined) objects.delete(name)
    else objects.set(name, after)
    for (const listener of listeners) listener({ ...(before && { before }), ...(after && { after }) })
  }
  const view: ObjectView = {
    get: (_namespace, name) => objects.get(name),
    list: () => objects.values(),
    onChange: (listener) => listeners.push(listener),
  }
  const writer: ApiServiceWriter = {
    create: async (object) => set(object.metadata.name ?? '', object),
    update: async (object) => set(object.metadata.name ?? '', object),
    delete: async (name) => set(name, undefined),
  }
  const listed = () =>
    [...objects.values()]
      .map(({ metadata }) => `${metadata.name ?? ''} ${metadata.labels?.[automanagedLabel] ?? 'by hand'}`)
      .sort()
  return { view, writer, listed }
}

function apiService(name: string, label: string | undefined): KubeObject {
  const [version = '', ...group] = name.split('.')
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name, ...(label === undefined ? {} : { labels: { [automanagedLabel]: label } }) },
    spec: { group: group.join('.'), version, groupPriorityMinimum: 1000, versionPriority: 100 },
  }
}

function follow(sources: readonly LocalSource[], stored = apiServices()) {
  const registration = createAutoRegistration({ clock: systemClock, apiServices: stored.view, writer: stored.writer })
  const followed = followLocalSources(sources, registration)
  return {
    listed: stored.listed,
    async settled() {
      await followed.started
      await registration.settled()
    },
    stop() {
      followed.stop()
      registration.stop()
    },
  }
}

test('REG-3 REG-4: APIServices of built-in and of changing group-versions', async () => {
  const { source, becomeReady, serve, listeners } = changingSource('a.io/v1')
  const world = follow([builtinSource(groupsOf('apps/v1', 'nobody.knows/v1')), source])
  becomeReady()
  await world.settled()
  expect(world.listed()).toEqual(['v1.a.io true', 'v1.apps onstart'])

  serve('a.io/v1', 'a.io/v2', 'b.io/v1')
  await world.settled()
  expect(world.listed()).toEqual(['v1.a.io true', 'v1.apps onstart', 'v1.b.io true', 'v2.a.io true'])

  serve('a.io/v2')
  await world.settled()
  expect(world.listed()).toEqual(['v1.apps onstart', 'v2.a.io true'])

  world.stop()
  expect(listeners.size).toBe(0)
})

test('REG-4: nothing is deleted before every source is whole; then what nobody serves goes', async () => {
  const stored = apiServices(
    apiService('v1.a.io', 'true'),
    apiService('v1.gone.io', 'true'),
    apiService('v1.mine.io', undefined),
  )
  const before = stored.listed()
  const { source, becomeReady, serve } = changingSource()
  const world = follow([builtinSource([]), source], stored)
  await new Promise(setImmediate)
  expect(stored.listed()).toEqual(before)
  serve('a.io/v1')
  becomeReady()
  await world.settled()
  expect(stored.listed()).toEqual(['v1.a.io true', 'v1.mine.io by hand'])
  world.stop()
})

test('REG-5: a human keeps an APIService for a group-version that is served here as well', async () => {
  const { source, becomeReady, serve } = changingSource()
  const world = follow([source], apiServices(apiService('v1.a.io', undefined)))
  becomeReady()
  serve('a.io/v1')
  await world.settled()
  serve()
  await world.settled()
  expect(world.listed()).toEqual(['v1.a.io by hand'])
  world.stop()
})

test('AGD-6: discovery lists what the sources serve at the moment, the first source first', () => {
  const { source, serve } = changingSource('apps/v1', 'apps/v9', 'a.io/v1')
  const builtin = groupsOf('/v1', 'apps/v1')
  const groups = mergeLocalGroups([builtinSource(builtin), source])
  const listed = () => groups().flatMap(({ name, versions }) => versions.map(({ version }) => `${name}/${version}`))
  expect(listed()).toEqual(['/v1', 'apps/v1', 'apps/v9', 'a.io/v1'])
  expect(groups().find(({ name }) => name === 'apps')?.versions[0]).toBe(builtin[1]?.versions[0])
  const same = groups()
  expect(groups()).toBe(same)
  serve('b.io/v1')
  expect(listed()).toEqual(['/v1', 'apps/v1', 'b.io/v1'])
})
