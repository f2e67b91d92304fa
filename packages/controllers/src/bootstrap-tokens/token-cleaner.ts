import { keyOf } from '@fairlead/client'
import { type Controller, controller } from '@fairlead/controller-runtime'
import { deleteObject } from '../delete-object.ts'
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
      await deleteObject(client.resource(bootstrapTokens.apiVersion, bootstrapTokens.resource), secret)
      return undefined
    },
  })
}
