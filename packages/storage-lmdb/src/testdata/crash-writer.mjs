// Writes until it is killed, and prints a line for each answer: JSON [revision, key, text or null for a delete].
import { writeSync } from 'node:fs'
import { openLmdbStorage } from '@fairlead/storage-lmdb'

const [folder, round] = process.argv.slice(2)
const storage = await openLmdbStorage({ folder, historyLimit: 1_000_000 })

async function write(writer) {
  for (let count = 0; ; count++) {
    const key = `/k/${writer}/${count % 20}`
    const text = count % 7 === 3 ? null : `${round} ${writer} ${count} ${'x'.repeat((count * 37) % 3000)}`
    const change =
      text === null ? { type: 'delete', key } : { type: 'put', key, value: new TextEncoder().encode(text) }
    const { revision } = await storage.transaction([], [change, putCounter(writer, count)])
    writeSync(1, `${JSON.stringify([revision, key, text])}\n`)
  }
}

function putCounter(writer, count) {
  return { type: 'put', key: `/count/${writer}`, value: new TextEncoder().encode(`${round} ${count}`) }
}

await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)))
