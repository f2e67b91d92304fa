import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { connectToCluster } from '@fairlead/client/node'
import { createEventRecorder, createManager } from '@fairlead/controller-runtime'
import { disruptionBudgets } from './controller.ts'

const { client, close } = await connectToCluster()
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

const onError = (error: unknown, about = 'events'): void => console.error(`${about}: ${String(error)}`)
const recorder = createEventRecorder({ client, component: 'sample-controller', signal: stopping.signal, onError })
const manager = createManager({
  client,
  // Of several replicas one works.
  leaderElection: { namespace: 'default', name: 'sample-controller', identity: `${hostname()}_${randomUUID()}` },
  onError,
})
manager.add(disruptionBudgets(recorder))
console.log('sample-controller: started')
try {
  await manager.run(stopping.signal)
} catch (error) {
  // Whoever has lost the lease must not go on beside the next leader: whatever runs this starts it again.
  console.error(`sample-controller: ${String(error)}`)
  process.exit(1)
}
close()
