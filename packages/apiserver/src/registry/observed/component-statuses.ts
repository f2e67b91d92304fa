import { notFound } from '@fairlead/apimachinery'
import type { Getter, Lister } from '../rest/capabilities.ts'
import type { StoredObject } from '../rest/stored-object.ts'
import { observedObject } from './observed-object.ts'

/** What asking a component for its health has shown. */
export interface ComponentHealth {
  /** `Unknown` when it could not even be asked. */
  readonly status: 'True' | 'False' | 'Unknown'
  /** What the component says, or why it does not answer. */
  readonly message?: string
  readonly error?: string
}

/** Asks a component for its health; a component that is ill or away is an answer, not a failure. */
export type ComponentProbe = () => Promise<ComponentHealth>

/** v1 ComponentStatus: each component by its name, asked anew for every request. */
export function createComponentStatuses(components: Readonly<Record<string, ComponentProbe>>): Getter & Lister {
  return {
    async get(_context, { name }) {
      const probe = Object.hasOwn(components, name) ? components[name] : undefined
      if (probe === undefined) throw notFound({ group: '', resource: 'componentstatus' }, name)
      return componentStatus(name, await probe())
    },
    async list(_context, { labelSelector, fieldSelector }) {
      const statuses = await Promise.all(
        Object.entries(components).map(async ([name, probe]) => componentStatus(name, await probe())),
      )
      const items = statuses.filter(
        ({ labels, fields }) => labelSelector.matches(labels) && fieldSelector.matches(fields),
      )
      return { revision: 0, items, continue: '' }
    },
  }
}

function componentStatus(name: string, { status, message = '', error = '' }: ComponentHealth): StoredObject {
  const condition = {
    type: 'Healthy',
    status,
    ...(message === '' ? undefined : { message }),
    ...(error === '' ? undefined : { error }),
  }
  return observedObject({ kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name }, conditions: [condition] })
}
