import {
  deepEqual,
  type JsonValue,
  type KubeObject,
  type ObjectMeta,
  type OwnerReference,
  StatusError,
} from '@fairlead/apimachinery'
import { LruMap } from '@fairlead/controller-runtime'
import { type Client, type DeleteOptions, type ResourceClient, sleep } from '@fairlead/client'
import { type ApiKind, type ApiKinds, UnknownKindError } from './api-kinds.ts'
import type { ObjectReference } from './object-reference.ts'
import { createPacedCalls } from './paced-calls.ts'

/** Reads and changes objects by reference. What it throws is worth another try, except a NamespacedOwnerError. */
export interface ObjectAccess {
  kindOf(object: Pick<ObjectReference, 'apiVersion' | 'kind'>): ApiKind
  /** The newest metadata at a reference, whatever the uid; undefined when there is nothing. */
  read(object: ObjectReference): Promise<ObjectMeta | undefined>
  /**
   * Deletes an object in the state that was read. Changes since then that leave its owners alone do not matter. False when
   * it is gone.
   */
  remove(object: ObjectReference, state: ObjectMeta, policy: Policy): Promise<boolean>
  /** Changes the owner references of an object that may be gone. */
  patchOwners(object: ObjectReference, patch: OwnersPatch): Promise<void>
  removeFinalizer(object: ObjectReference, finalizer: string): Promise<void>
}

export interface OwnersPatch {
  /** Entries of a strategic merge patch. */
  readonly strategic: JsonValue[]
  /** The same made of the newest references, for kinds that know no strategic merge patches. */
  merge(owners: readonly OwnerReference[]): readonly OwnerReference[]
}

/** An object outside of namespaces names an owner of a kind that is in one. No try will mend that. */
export class NamespacedOwnerError extends Error {
  constructor() {
    super('cluster-scoped objects cannot refer to namespaced owners')
  }

  static {
    this.prototype.name = 'NamespacedOwnerError'
  }
}

export interface ObjectAccessOptions {
  readonly client: Client
  readonly kinds: ApiKinds
  /** Asks the server anew which kinds it has. */
  refreshKinds(): Promise<void>
  readonly signal: AbortSignal
}

export type Policy = NonNullable<DeleteOptions['propagationPolicy']>
type Preconditions = NonNullable<DeleteOptions['preconditions']>
type Call<Value> = (signal: AbortSignal) => Promise<Value>

/** Dependents of one owner are in few namespaces, and of few kinds. */
const resourcesKept = 100

/** How often a finalizer is tried to be removed from an object that others change meanwhile. */
const conflictTries = 4
const conflictWait = 10

export function createObjectAccess({ client, kinds, refreshKinds, signal }: ObjectAccessOptions): ObjectAccess {
  const calls = createPacedCalls(signal)
  const resources = new LruMap<string, ResourceClient<KubeObject>>(resourcesKept)

  function kindOf({ apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>): ApiKind {
    const found = kinds.find(apiVersion, kind)
    if (found === undefined) throw new UnknownKindError(apiVersion, kind)
    return found
  }

  function resourceOf(object: ObjectReference): ResourceClient<KubeObject> {
    const { apiVersion, resource, namespaced } = kindOf(object)
    if (namespaced && object.namespace === '') throw new NamespacedOwnerError()
    const namespace = namespaced ? object.namespace : ''
    const key = `${apiVersion} ${resource} ${namespace}`
    const known = resources.get(key)
    if (known !== undefined) return known
    const all = client.resource(apiVersion, resource)
    const made = namespaced ? all.namespace(namespace) : all
    resources.set(key, made)
    return made
  }

  /**
   * What a call answers, or undefined when the object is not there. A 404 that names no object may come from a server that
   * does not serve the resource: then nothing is known of the object.
   */
  async function unlessAbsent<Value>(object: ObjectReference, call: Call<Value>): Promise<Value | undefined> {
    try {
      return await calls.call(call)
    } catch (error) {
      if (!StatusError.is(error) || error.code !== 404) throw error
      if (error.status.details?.name === object.name) return undefined
      await refreshKinds()
      kindOf(object)
      if (kinds.isDoubtful(object.apiVersion)) throw error
      return undefined
    }
  }

  async function read(object: ObjectReference): Promise<ObjectMeta | undefined> {
    const reader = resourceOf(object).metadataOnly()
    return (await unlessAbsent(object, (own) => reader.get(object.name, { signal: own })))?.metadata
  }

  async function remove(object: ObjectReference, state: ObjectMeta, propagationPolicy: Policy): Promise<boolean> {
    const { uid, name } = object
    const { resourceVersion, ownerReferences } = state
    const resource = resourceOf(object)
    const attempt = async (preconditions: Preconditions): Promise<boolean> => {
      const call: Call<unknown> = (own) => resource.delete(name, { propagationPolicy, preconditions, signal: own })
      return (await unlessAbsent(object, call)) !== undefined
    }
    try {
      return await attempt({ uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) })
    } catch (error) {
      if (!isConflict(error) || resourceVersion === undefined) throw error
      const latest = await read(object)
      if (latest === undefined) return false
      const isUnrelated =
        latest.uid === uid &&
        latest.resourceVersion !== resourceVersion &&
        deepEqual(latest.ownerReferences ?? [], ownerReferences ?? [])
      if (!isUnrelated) throw error
      // Without the version, so that an object that changes all the time does not escape.
      return attempt({ uid })
    }
  }

  return {
    kindOf,
    read,
    remove,
    async patchOwners(object, { strategic, merge }) {
      const { uid, name } = object
      const resource = resourceOf(object)
      const patch = (metadata: object, type: 'strategic' | 'merge') =>
        unlessAbsent(object, (own) => resource.patch(name, { metadata }, { type, signal: own }))
      try {
        await patch({ uid, ownerReferences: strategic }, 'strategic')
      } catch (error) {
        if (!StatusError.is(error) || error.code !== 415) throw error
        const latest = await read(object)
        if (latest?.uid !== uid) return
        const { resourceVersion, ownerReferences = [] } = latest
        await patch({ resourceVersion, ownerReferences: merge(ownerReferences) }, 'merge')
      }
    },
    async removeFinalizer(object, finalizer) {
      for (let tries = 1; ; tries += 1) {
        try {
          const latest = await read(object)
          if (latest?.uid !== object.uid || latest.finalizers?.includes(finalizer) !== true) return
          const finalizers = latest.finalizers.filter((other) => other !== finalizer)
          const metadata = { resourceVersion: latest.resourceVersion, finalizers }
          const resource = resourceOf(object)
          const call: Call<unknown> = (own) => resource.patch(object.name, { metadata }, { type: 'merge', signal: own })
          await unlessAbsent(object, call)
          return
        } catch (error) {
          if (!isConflict(error) || tries === conflictTries) throw error
        }
        const wait = conflictWait * 5 ** (tries - 1)
        await calls.call((own) => sleep(client.times.clock, wait, own))
      }
    },
  }
}

export function isConflict(error: unknown): boolean {
  return StatusError.is(error) && error.code === 409
}
