import { serve } from '@fairlead/extension-server'
import { memoryUsage } from './memory-usage.ts'

const server = await serve({ kinds: [memoryUsage(() => ({ ...process.memoryUsage() }))] })
console.log(`stats.example.com is served at ${server.url}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop())
