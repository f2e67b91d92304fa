import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiBody, type Answer, type HttpsClient, httpsClient } from '../support/https-client.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import type { WatchStream } from '../support/watch-stream.ts'

const path = '/api/v1/namespaces/default/configmaps'
const writers = 6
const rounds = 6

/** What a writer knows of one object: the last answer that it got, and what it asked for without getting one. */
interface Known {
  /** Undefined when the object is known to be absent. */
  acknowledged?: { readonly resourceVersion: number; readonly value: string }
  /** A write on its way when the server died: an update's value, or undefined for a deletion. */
  open?: { readonly value: string | undefined }
}

interface Ledger {
  readonly objects: Map<string, Known>
  /** resourceVersions of acknowledged writes of one life of the server. */
  acknowledgements: number[]
}

const version = (body: ApiBody): number => Number(body.metadata.resourceVersion)
const value = (body: ApiBody): string => body.data?.['value'] ?? ''

/** Creates, changes and deletes objects of its own until the server is gone. */
async function write(client: HttpsClient, writer: number, round: number, ledger: Ledger, acknowledged: () => void) {
  for (let step = 0; ; step += 1) {
    const name = `writer-${writer}-${step % 7}`
    const known = ledger.objects.get(name) ?? {}
    ledger.objects.set(name, known)
    const next = known.acknowledged !== undefined && step % 5 === 4 ? undefined : `${round}/${step}`
    known.open = { value: next }
    let answer: Answer
    try {
      answer = await send(client, name, known.acknowledged !== undefined, next)
    } catch {
      return // The server is gone; whether this write was done is not known.
    }
    expect([200, 201]).toContain(answer.status)
    delete known.open
    if (next === undefined) delete known.acknowledged
    else known.acknowledged = { resourceVersion: version(answer.json), value: next }
    if (next !== undefined) ledger.acknowledgements.push(version(answer.json))
    acknowledged()
  }
}

function send(client: HttpsClient, name: string, exists: boolean, next: string | undefined): Promise<Answer> {
  if (next === undefined) return client.delete(`${path}/${name}`)
  // Big enough that a commit is more than one page.
  const body = { metadata: { name }, data: { value: next, filling: 'x'.repeat(3000) } }
  return exists ? client.put(`${path}/${name}`, body) : client.post(path, body)
}

/** Every acknowledged write is there, and nothing that nobody asked for. */
function compare(stored: ReadonlyMap<string, ApiBody>, ledger: Ledger): void {
  for (const [name, known] of ledger.objects) {
    const found = stored.get(name)
    const { acknowledged, open } = known
    const seen = found === undefined ? undefined : value(found)
    const wasOpen = open !== undefined && seen === open.value
    if (!wasOpen) expect([name, seen]).toEqual([name, acknowledged?.value])
    if (!wasOpen && found !== undefined) expect(version(found)).toBe(acknowledged?.resourceVersion)
    delete known.open
    if (found === undefined) delete known.acknowledged
    else known.acknowledged = { resourceVersion: version(found), value: value(found) }
  }
}

/** Follows the changes after a revision; true when the history did not reach back that far. */
async function replay(client: HttpsClient, from: number, to: number, state: Map<string, string>): Promise<boolean> {
  const watch = await client.watch(`${path}?watch=true&resourceVersion=${from}`)
  let last = from
  while (last < to) {
    const { type, object } = await watch.next()
    if (type === 'ERROR') {
      expect(object).toMatchObject({ kind: 'Status', reason: 'Expired', code: 410 })
      expect(await watch.rest()).toEqual([])
      return true
    }
    expect(version(object)).toBeGreaterThan(last)
    last = version(object)
    if (type === 'DELETED') state.delete(object.metadata.name)
    else state.set(object.metadata.name, value(object))
  }
  watch.close()
  return false
}

/** Reads a watch until the server dies; the resourceVersions of its events, which grow. */
async function follow(watch: WatchStream): Promise<number[]> {
  const seen: number[] = []
  for (;;) {
    let next: number
    try {
      next = version((await watch.next()).object)
    } catch {
      return seen // The server is gone.
    }
    expect(next).toBeGreaterThan(seen.at(-1) ?? 0)
    seen.push(next)
  }
}

async function list(client: HttpsClient): Promise<{ revision: number; objects: Map<string, ApiBody> }> {
  const { json } = await client.get(path)
  return { revision: version(json), objects: new Map(json.items.map((item) => [item.metadata.name, item])) }
}

const values = (objects: ReadonlyMap<string, ApiBody>) =>
  new Map([...objects].map(([name, object]) => [name, value(object)]))

describe('a server that is killed while it writes', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: ServerProcess | undefined
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterAll(async () => {
    await server?.end('SIGKILL')
    await folder.remove()
  })

  test('loses no acknowledged write; resourceVersions only grow; old watches continue or are told 410', async () => {
    const ledger: Ledger = { objects: new Map(), acknowledgements: [] }
    let highest = 0
    let before: { revision: number; state: Map<string, string> } | undefined
    for (let round = 0; round <= rounds; round += 1) {
      server = await startServerProcess(folder.path, ['--storage', 'lmdb'])
      const client = await httpsClient(server.kubeconfig)
      const { revision, objects } = await list(client)
      compare(objects, ledger)
      expect(revision).toBeGreaterThanOrEqual(highest)
      for (const object of objects.values()) expect(version(object)).toBeLessThanOrEqual(revision)
      if (before !== undefined) {
        const { state } = before
        const tooOld = await replay(client, before.revision, Math.max(...[...objects.values()].map(version)), state)
        if (!tooOld) expect(state).toEqual(values(objects))
      }
      if (round === rounds) {
        client.close()
        expect(await server.end('SIGTERM')).toBe(0)
        break
      }
      before = { revision, state: values(objects) }
      ledger.acknowledgements = []
      const enough = 150 + ((round * 97) % 250)
      let count = 0
      const running = server
      const following = follow(await client.watch(`${path}?watch=true&resourceVersion=${revision}`))
      await Promise.all(
        Array.from({ length: writers }, (_, writer) =>
          write(client, writer, round, ledger, () => {
            count += 1
            if (count === enough) running.signal('SIGKILL')
          }),
        ),
      )
      expect(await running.ended).toBe('SIGKILL')
      const seen = await following
      const reported = new Set(seen)
      const last = seen.at(-1) ?? 0
      expect(ledger.acknowledgements.filter((written) => written <= last && !reported.has(written))).toEqual([])
      expect(new Set(ledger.acknowledgements).size).toBe(ledger.acknowledgements.length)
      expect(Math.min(...ledger.acknowledgements)).toBeGreaterThan(Math.max(highest, revision))
      highest = Math.max(...ledger.acknowledgements)
      client.close()
    }
  })
})
