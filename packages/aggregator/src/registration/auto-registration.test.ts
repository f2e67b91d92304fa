import { type KubeObject, notFound, systemClock } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import type { ObjectChange } from '../routes/object-view.ts'
import { automanagedLabel, createAutoRegistration, type LocalGroupVersion } from './auto-registration.ts'

const name = 'v1.a.io'
const spec = { group: 'a.io', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 }

function stored(label: string | undefined, more: object = {}): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name, uid: 'u', ...(label === undefined ? {} : { labels: { [automanagedLabel]: label } }) },
    spec: { ...spec, ...more },
  }
}

/** A store that the controller sees and writes. */
function world(initial: KubeObject | undefined) {
  const writes: string[] = []
  let current = initial
  const listeners: ((change: ObjectChange) => void)[] = []
  const set = (object: KubeObject | undefined): void => {
    const before = current
    current = object
    const change = { ...(before && { before }), ...(object && { after: object }) }
    for (const listener of listeners) listener(change)
  }
  const registration = createAutoRegistration({
    clock: systemClock,
    apiServices: {
      get: () => current,
      list: () => (current === undefined ? [] : [current]),
      onChange: (listener) => listeners.push(listener),
    },
    writer: {
      async create(object) {
        writes.push('create')
        set(object)
      },
      async update(object) {
        writes.push('update')
        set(object)
      },
      async delete(_name, uid) {
        writes.push(`delete ${uid}`)
        if (current === undefined) throw notFound({ group: '', resource: 'x' }, name)
        set(undefined)
      },
    },
  })
  return { registration, writes, set, current: () => current }
}

const wanted = (sync: LocalGroupVersion['sync']): LocalGroupVersion => ({ ...spec, sync })

test.each<[string, KubeObject | undefined, LocalGroupVersion['sync'] | undefined, readonly string[]]>([
  ['absent, not wanted', undefined, undefined, []],
  ['absent, wanted at start', undefined, 'start', ['create']],
  ['absent, wanted always', undefined, 'always', ['create']],
  ['of a human, not wanted', stored(undefined), undefined, []],
  ['of a human, wanted at start', stored(undefined, { versionPriority: 7 }), 'start', []],
  ['of a human, wanted always', stored(undefined, { versionPriority: 7 }), 'always', []],
  ['seen at start, not wanted', stored('onstart'), undefined, ['delete u']],
  ['seen at start, wanted at start, other spec', stored('onstart', { versionPriority: 7 }), 'start', ['update']],
  ['seen at start, wanted at start, same spec', stored('onstart'), 'start', []],
  ['kept, not wanted', stored('true'), undefined, ['delete u']],
  ['kept, wanted always, other spec', stored('true', { versionPriority: 7 }), 'always', ['update']],
  ['kept, wanted always, same spec', stored('true'), 'always', []],
])('REG-2: %s', async (_what, initial, sync, expected) => {
  const { registration, writes } = world(initial)
  if (sync !== undefined) registration.add(wanted(sync))
  registration.start()
  await registration.settled()
  await registration.settled()
  registration.stop()
  expect(writes).toEqual(expected)
})

test('REG-2: what was made at start and is deleted stays deleted; what is wanted always comes back', async () => {
  for (const [sync, expected] of [
    ['start', ['create']],
    ['always', ['create', 'create']],
  ] as const) {
    const { registration, writes, set } = world(undefined)
    registration.add(wanted(sync))
    registration.start()
    await registration.settled()
    set(undefined)
    await registration.settled()
    registration.stop()
    expect(writes).toEqual(expected)
  }
})

test('REG-2: what carries the label of the start is corrected once, also when it is wanted always', async () => {
  const { registration, writes, set } = world(stored('onstart', { versionPriority: 7 }))
  registration.add(wanted('always'))
  registration.start()
  await registration.settled()
  set(stored('onstart', { versionPriority: 8 }))
  await registration.settled()
  registration.stop()
  expect(writes).toEqual(['update'])
})

test('ARC-4: what is wanted is missing until it has been there once', async () => {
  const { registration, set } = world(undefined)
  registration.add(wanted('start'))
  expect(registration.missing()).toEqual([name])
  registration.start()
  await registration.settled()
  expect(registration.missing()).toEqual([])
  set(undefined)
  expect(registration.missing()).toEqual([])
  registration.stop()
})

test('REG-4: what is no longer wanted goes', async () => {
  const { registration, writes } = world(undefined)
  registration.add(wanted('always'))
  registration.start()
  await registration.settled()
  registration.remove('a.io', 'v1')
  await registration.settled()
  registration.stop()
  expect(writes).toEqual(['create', 'delete '])
})
