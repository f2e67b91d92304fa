import { runServer, serve } from '@fairlead/extension-server'
import { banFlunder } from './ban-flunder.ts'
import { featuresOf, newestVersion } from './features.ts'
import { Fischer } from './fischer.ts'
import { Flunder } from './flunder/flunder.ts'

await runServer({
  name: 'sample-apiserver',
  flags: {
    'emulated-version': {
      value: 'wardle=VERSION',
      description: 'Behaves as an older version of this server.',
      default: newestVersion,
    },
    'feature-gates': { value: 'wardle:BanFlunder=BOOL', description: 'What that version leaves to choose.' },
  },
  async start(options, flags) {
    const features = featuresOf(flags.text('emulated-version') ?? newestVersion, flags.list('feature-gates'))
    const server = await serve({
      kinds: [Flunder, Fischer],
      admission: (objects) => (features.banFlunder ? [banFlunder(objects)] : []),
      ...options,
    })
    console.log(`wardle.example.com is served at ${server.url}`)
    return server
  },
})
