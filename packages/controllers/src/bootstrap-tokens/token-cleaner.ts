import { keyOf } from '@fairlead/client'
import { type Controller, controller } from '@fairlead/controller-runtime'
import { ignoringChanges } from '../ignoring.ts'
import { bootstrapTokens, timeLeft } from './bootstrap-token.ts'

/** Deletes bootstrap tokens when they expire. */
export function tokenCleaner(): Controller {
  return controller({
    name: 'token-cleaner-controller',
    for: bootstrapTokens,
    async reconcile({ namespace, name }, { client, store }) {
      const secret = store.get(keyOf(namespace, name))
      if (secret === undefined) return undefined
      const left = timeLeft(secret, client.times.clock.now())
      if (left > 0) return Number.isFinite(left) ? { requeueAfter: left } : undefined
      const { uid } = secret.metadata
      await client
        .resource(bootstrapTokens.apiVersion, bootstrapTokens.resource)
        .namespace(namespace)
        .delete(name, uid === undefined ? {} : { preconditions: { uid } })
        .catch(ignoringChanges)
      return undefined
    },
  })
}
