import { setTimeout } from 'node:timers/promises'
import { provide, runServer, serve } from '@fairlead/extension-server'
import { Note } from './note.ts'
import { noteProvider } from './note-provider.ts'
import { noteService } from './note-service.ts'

await runServer({
  name: 'proxied-apiserver',
  flags: { 'note-service': { value: 'URL', description: 'The service that keeps the notes.' } },
  async start(options, flags) {
    const url = flags.text('note-service')
    if (url === undefined) throw new Error('--note-service URL is missing')
    const provider = noteProvider(noteService(url), (signal) => setTimeout(2000, undefined, { signal }))
    const server = await serve({ kinds: [provide(Note, provider)], ...options })
    console.log(`notes.example.com is served at ${server.url}`)
    return server
  },
})
