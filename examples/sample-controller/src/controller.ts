import { keyOf } from '@fairlead/client'
import { type Controller, controller, type EventRecorder, TerminalError } from '@fairlead/controller-runtime'
import { type Deployment, type DisruptionBudget, plan } from './budget.ts'

const budgets = { apiVersion: 'policy/v1', resource: 'poddisruptionbudgets' }

/** Keeps a PodDisruptionBudget for every Deployment that asks for one by its label, and says in events what it does. */
export function disruptionBudgets(recorder: Pick<EventRecorder, 'event'>): Controller {
  return controller<Deployment>({
    name: 'disruption-budgets',
    for: { apiVersion: 'apps/v1', kind: 'Deployment', resource: 'deployments' },
    owns: [budgets],
    async reconcile({ namespace, name }, { client, store, informers, signal }) {
      const key = keyOf(namespace, name)
      const deployment = store.get(key)
      if (deployment === undefined) return
      const { store: known } = informers.informer<DisruptionBudget>(budgets.apiVersion, budgets.resource)
      const writer = client.resource<DisruptionBudget>(budgets.apiVersion, budgets.resource).namespace(namespace)
      try {
        const todo = plan(deployment, known.get(key))
        if (todo.verb === 'nothing') return
        // A store may be behind: of what has changed meanwhile the server refuses the old version, and this is tried again.
        if (todo.verb === 'create') await writer.create(todo.budget, { signal })
        else if (todo.verb === 'update') await writer.update(todo.budget, { signal })
        else await writer.delete(name, { preconditions: { uid: todo.budget.metadata.uid ?? '' }, signal })
        recorder.event(deployment, 'Normal', 'DisruptionBudget', `${todo.verb}d PodDisruptionBudget ${name}`)
      } catch (error) {
        if (error instanceof TerminalError) recorder.event(deployment, 'Warning', 'NoDisruptionBudget', error.message)
        throw error
      }
    },
  })
}
