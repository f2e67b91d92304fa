import {
  aggregateFieldErrors,
  badRequest,
  conflict,
  deepCopy,
  notFound,
  notSupported,
  plainError,
  required,
} from '@fairlead/apimachinery'
import type { Clock, FieldError, JsonObject, KubeObject } from '@fairlead/apimachinery'
import { failedPrecondition } from '../generic/preconditions.ts'
import type { ResourceStore } from '../generic/resource-store.ts'
import type { KeptObject } from '../generic/stored-object.ts'
import type { Action, ObjectKey } from '../rest/capabilities.ts'
import { objectAt, setPodCondition } from './pod-condition.ts'
import { success } from './success.ts'

const pods = { group: '', resource: 'pods' }
const podsBinding = { group: '', resource: 'pods/binding' }

/** POST of a Binding: assigns a pod to a node. Its uid and resourceVersion, when given, are preconditions. */
export function createBinding(store: ResourceStore, clock: Clock): Action {
  return {
    async perform(_context, { namespace, name }, binding, { dryRun, admit }) {
      const podName = name === '' ? (binding.metadata.name ?? '') : name
      if (podName !== binding.metadata.name) throw badRequest('name in URL does not match name in Binding object')
      await admit.mutate({ operation: 'CREATE', name: podName, object: binding })
      const errors = validateBinding(binding)
      if (errors.length > 0) throw plainError(aggregateFieldErrors(errors))
      await admit.validate({ operation: 'CREATE', name: podName, object: binding })
      await assign(store, { key: { namespace, name: podName }, binding, dryRun, now: clock.now() })
      return success()
    },
  }
}

async function assign(
  store: ResourceStore,
  options: {
    readonly key: ObjectKey
    readonly binding: KubeObject
    readonly dryRun: boolean
    readonly now: number
  },
): Promise<void> {
  const { key, binding, dryRun, now } = options
  await store.change(key, { dryRun }, async (current, path) => {
    if (current === undefined) throw notFound(pods, key.name)
    checkPreconditions(binding, current, path)
    const pod = deepCopy(current.object())
    const spec = objectAt(pod, 'spec')
    refuseUnassignable(pod, spec)
    spec['nodeName'] = String(targetOf(binding)['name'])
    delete objectAt(pod, 'status')['nominatedNodeName']
    if (binding.metadata.annotations) {
      pod.metadata.annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations }
    }
    if (binding.metadata.labels) pod.metadata.labels = { ...pod.metadata.labels, ...binding.metadata.labels }
    setPodCondition(pod, { type: 'PodScheduled', status: 'True' }, now)
    return { type: 'put', object: pod }
  })
}

function validateBinding(binding: KubeObject): FieldError[] {
  const { kind = '', name = '' } = targetOf(binding)
  const errors: FieldError[] = []
  if (kind !== '' && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']))
  if (name === '') errors.push(required('target.name', ''))
  return errors
}

function targetOf(binding: KubeObject): JsonObject {
  return (binding['target'] ?? {}) as JsonObject
}

function refuseUnassignable(pod: KubeObject, spec: JsonObject): void {
  const name = pod.metadata.name ?? ''
  const nodeName = String(spec['nodeName'] ?? '')
  const gates = spec['schedulingGates']
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(podsBinding, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  }
  if (nodeName !== '') {
    throw conflict(podsBinding, name, `pod ${name} is already assigned to node ${JSON.stringify(nodeName)}`)
  }
  if (Array.isArray(gates) && gates.length > 0) {
    throw conflict(podsBinding, name, `pod ${name} has non-empty .spec.schedulingGates`)
  }
}

function checkPreconditions({ metadata }: KubeObject, current: KeptObject, path: string): void {
  const actual = current.object().metadata
  const refuse = (what: string, wanted: string, found: string): void => {
    if (wanted === '' || wanted === found) return
    const detail = `${what} in precondition: ${wanted}, ${what} in object meta: ${found}`
    throw failedPrecondition(pods, { path, name: current.name, detail })
  }
  refuse('UID', metadata.uid ?? '', actual.uid ?? '')
  refuse('ResourceVersion', metadata.resourceVersion ?? '', actual.resourceVersion ?? '')
}
