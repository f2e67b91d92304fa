import type { ApiProject } from '../api-project.ts'

export function mainTemplate({ apiVersion, kind, singular }: ApiProject): string {
  return `// @ts-check
import { parseArgs } from 'node:util'
import { serve } from '@fairlead/extension-server'
import { startController } from './controller.js'
import { ${kind} } from './${singular}.js'

const { values } = parseArgs({
  options: {
    /** memory, or lmdb:FOLDER. */
    storage: { type: 'string', default: 'lmdb:data' },
    /** NAMESPACE/NAME of the Service in front, for a server that runs in a cluster. */
    service: { type: 'string' },
    'secure-port': { type: 'string', default: '0' },
  },
})
const [namespace = '', name = ''] = values.service?.split('/') ?? []

const server = await serve({
  kinds: [${kind}],
  storage: /** @type {import('@fairlead/extension-server').StorageChoice} */ (values.storage),
  port: +values['secure-port'],
  ...(values.service === undefined ? {} : { service: { namespace, name } }),
})
const stopController = await startController()
console.log(\`${apiVersion} is served at \${server.url}\`)

const stop = async () => {
  await stopController()
  await server.stop()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
`
}
