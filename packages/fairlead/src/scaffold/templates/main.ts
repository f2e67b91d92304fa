import type { ApiProject } from '../api-project.ts'

export function mainTemplate({ apiVersion, kind, singular }: ApiProject): string {
  return `// @ts-check
import { runServer, serve } from '@fairlead/extension-server'
import { startController } from './controller.js'
import { ${kind} } from './${singular}.js'

await runServer({
  name: '${singular}-apiserver',
  flags: {
    storage: { value: 'memory|lmdb:FOLDER', description: 'Where objects are kept.', default: 'lmdb:data' },
  },
  async start(options) {
    const server = await serve({ kinds: [${kind}], ...options })
    const stopController = await startController(options)
    console.log(\`${apiVersion} is served at \${server.url}\`)
    return {
      async stop() {
        await stopController()
        await server.stop()
      },
    }
  },
})
`
}
