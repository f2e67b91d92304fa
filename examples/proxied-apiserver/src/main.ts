import { setTimeout } from 'node:timers/promises'
import { provide, serve } from '@fairlead/extension-server'
import { Note } from './note.ts'
import { noteProvider } from './note-provider.ts'
import { noteService } from './note-service.ts'

const [url] = process.argv.slice(2)
if (url === undefined) {
  console.error('usage: npm start -w examples/proxied-apiserver -- URL-OF-THE-NOTE-SERVICE')
  process.exit(2)
}
const provider = noteProvider(noteService(url), (signal) => setTimeout(2000, undefined, { signal }))
const server = await serve({ kinds: [provide(Note, provider)] })
console.log(`notes.example.com is served at ${server.url}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop())
