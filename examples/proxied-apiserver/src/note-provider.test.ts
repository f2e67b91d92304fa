import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createExtensionServer, openStorage, provide } from '@fairlead/extension-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Note } from './note.ts'
import { noteProvider } from './note-provider.ts'
import { noteService } from './note-service.ts'

/** Somebody else's service: notes in a map. */
function createNoteServer(notes: Map<string, string>): Server {
  return createServer((request, response) => {
    const id = decodeURIComponent(/^\/notes\/(.+)$/.exec(request.url ?? '')?.[1] ?? '')
    const answer = (status: number, body?: unknown): void => {
      response.statusCode = status
      response.end(body === undefined ? '' : JSON.stringify(body))
    }
    const shown = (name: string) => ({ id: name, text: notes.get(name) })
    if (request.method === 'POST') {
      let sent = ''
      request.on('data', (chunk) => (sent += String(chunk)))
      request.on('end', () => {
        const note = JSON.parse(sent) as { id: string; text: string }
        if (notes.has(note.id)) return answer(409)
        notes.set(note.id, note.text)
        answer(201, note)
      })
    } else if (id === '') answer(200, [...notes.keys()].map(shown))
    else if (!notes.has(id)) answer(404)
    else if (request.method === 'DELETE') answer(notes.delete(id) ? 204 : 404)
    else answer(notes.get(id) === 'broken' ? 500 : 200, shown(id))
  })
}

let notes: Map<string, string>
let service: Server
let call: (
  method: string,
  path?: string,
  body?: object,
) => Promise<{ status: number; lines: AsyncIterator<Line>; body: () => Promise<Line> }>
/** Ends the pauses of all watches. */
let poll: () => void
type Line = ReturnType<typeof JSON.parse>

beforeEach(async () => {
  notes = new Map()
  service = createNoteServer(notes)
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const pauses = new Set<() => void>()
  let polls = 0
  poll = () => {
    if (pauses.size === 0) polls += 1
    for (const end of pauses) end()
    pauses.clear()
  }
  const pause = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve())
      if (polls === 0) pauses.add(resolve)
      else resolve()
      polls = 0
    })
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  const { server } = createExtensionServer({
    kinds: [provide(Note, noteProvider(noteService(url), pause))],
    storage: await openStorage('memory'),
  })
  const transport = server.transport({ name: 'admin', groups: ['system:masters'] })
  call = async (method, path = '', body) => {
    const response = await transport({
      method,
      path: `/apis/notes.example.com/v1/notes${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, lines: lines(response.body), body: async () => JSON.parse(await response.text()) }
  }
})
afterEach(() => {
  service.closeAllConnections()
  service.close()
})

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line, undefined> {
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + Buffer.from(chunk).toString()).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) yield JSON.parse(part)
  }
}

const note = (name: string, text: string) => ({ metadata: { name }, text })

test('notes are created, read, listed and deleted in the service', async () => {
  const created = await call('POST', '', note('a', 'hello'))
  expect([created.status, await created.body()]).toMatchObject([201, { kind: 'Note', text: 'hello' }])
  expect(notes).toEqual(new Map([['a', 'hello']]))
  expect(await (await call('GET', '/a')).body()).toMatchObject({ metadata: { name: 'a', uid: 'a' }, text: 'hello' })
  expect((await (await call('GET')).body()).items).toHaveLength(1)
  expect((await call('DELETE', '/a')).status).toBe(200)
  expect(notes.size).toBe(0)
})

test('what is wrong is told as of any other kind', async () => {
  notes.set('a', 'hello')
  expect(await (await call('POST', '', note('a', 'x'))).body()).toMatchObject({
    code: 409,
    reason: 'AlreadyExists',
    message: 'notes.notes.example.com "a" already exists',
  })
  expect((await call('POST', '', note('b', ''))).status).toBe(422)
  expect((await call('GET', '/none')).status).toBe(404)
  notes.set('b', 'broken')
  expect(await (await call('GET', '/b')).body()).toMatchObject({
    code: 500,
    message: expect.stringContaining('the note service answered 500 to GET /notes/b'),
  })
})

test('a watch tells what others have changed in the service', async () => {
  notes.set('a', 'one')
  const watch = (await call('GET', '?watch=1')).lines
  const next = async () => (await watch.next()).value
  expect(await next()).toMatchObject({ type: 'ADDED', object: { text: 'one' } })
  notes.set('b', 'new')
  notes.set('a', 'two')
  poll()
  expect(await next()).toMatchObject({ type: 'MODIFIED', object: { metadata: { name: 'a' }, text: 'two' } })
  expect(await next()).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'b' } } })
  notes.delete('a')
  poll()
  expect(await next()).toMatchObject({ type: 'DELETED', object: { metadata: { name: 'a' } } })
  await watch.return?.(undefined)
})
