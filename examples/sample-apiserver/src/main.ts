import { parseArgs } from 'node:util'
import { serve, type StorageChoice } from '@fairlead/extension-server'
import { banFlunder } from './ban-flunder.ts'
import { featuresOf, newestVersion } from './features.ts'
import { Fischer } from './fischer.ts'
import { Flunder } from './flunder/flunder.ts'

const { values } = parseArgs({
  options: {
    /** memory, or lmdb:FOLDER. */
    storage: { type: 'string', default: 'memory' },
    /** NAMESPACE/NAME of the Service in front, for a server that runs in the cluster. */
    service: { type: 'string' },
    'secure-port': { type: 'string' },
    'emulated-version': { type: 'string', default: newestVersion },
  },
})
const features = featuresOf(values['emulated-version'])
const [namespace = '', name = ''] = values.service?.split('/') ?? []

const server = await serve({
  kinds: [Flunder, Fischer],
  storage: values.storage as StorageChoice,
  admission: (objects) => (features.banFlunder ? [banFlunder(objects)] : []),
  ...(values.service === undefined ? {} : { service: { namespace, name } }),
  ...(values['secure-port'] === undefined ? {} : { port: Number(values['secure-port']) }),
})
console.log(`wardle.example.com is served at ${server.url}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop())
