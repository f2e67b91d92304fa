import { runServer, serve } from '@fairlead/extension-server'
import { memoryUsage } from './memory-usage.ts'

await runServer({
  name: 'computed-apiserver',
  async start(options) {
    const server = await serve({ kinds: [memoryUsage(() => ({ ...process.memoryUsage() }))], ...options })
    console.log(`stats.example.com is served at ${server.url}`)
    return server
  },
})
