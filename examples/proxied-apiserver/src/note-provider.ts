import { alreadyExists } from '@fairlead/apimachinery'
import { type Provider, type ProviderEvent, type ProviderObject } from '@fairlead/extension-server'
import { Note } from './note.ts'
import type { NoteService, ServiceNote } from './note-service.ts'

/** Notes of the service as objects. It tells nobody of changes, so each watch asks again whenever `pause` is over. */
export function noteProvider(
  service: NoteService,
  pause: (signal: AbortSignal) => Promise<void>,
): Provider<{ text: string }> {
  let asking: Promise<readonly ServiceNote[]> | undefined
  /** Calls of the same moment get the same answer: a watch begins exactly where the list beside it ends. */
  const all = (): Promise<readonly ServiceNote[]> => {
    asking ??= service.all().finally(() => {
      asking = undefined
    })
    return asking
  }
  return {
    list: async () => (await all()).map(toObject),
    async get({ name }) {
      const note = await service.find(name)
      return note && toObject(note)
    },
    async create({ metadata: { name = '' }, text }) {
      if (!(await service.add({ id: name, text })))
        throw alreadyExists({ group: Note.group, resource: Note.plural }, name)
      return toObject({ id: name, text })
    },
    delete: ({ metadata: { name = '' } }) => service.remove(name),
    async *watch(_namespace, { signal }) {
      let before = await all()
      while (!signal.aborted) {
        await pause(signal)
        const after = await all()
        yield* changes(before, after)
        before = after
      }
    },
  }
}

function toObject({ id, text }: ServiceNote): ProviderObject<{ text: string }> {
  return { metadata: { name: id, uid: id }, text }
}

function* changes(
  before: readonly ServiceNote[],
  after: readonly ServiceNote[],
): Generator<ProviderEvent<{ text: string }>> {
  const old = new Map(before.map((note) => [note.id, note]))
  const event = (type: ProviderEvent<unknown>['type'], note: ServiceNote): ProviderEvent<{ text: string }> => ({
    type,
    object: { apiVersion: `${Note.group}/${Note.version}`, kind: Note.kind, ...toObject(note) },
  })
  for (const note of after) {
    const previous = old.get(note.id)
    old.delete(note.id)
    if (previous === undefined) yield event('ADDED', note)
    else if (previous.text !== note.text) yield event('MODIFIED', note)
  }
  for (const note of old.values()) yield event('DELETED', note)
}
