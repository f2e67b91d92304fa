import type { KubeObject, OwnerReference } from '@fairlead/apimachinery'
import type { Client, DeleteOptions, ResourceClient } from '@fairlead/client'
import { expect } from 'vitest'

/** What a table says of a ConfigMap: whom it names as its owners, and what else its metadata has. */
export interface Wanted {
  readonly owners?: readonly (string | { readonly name: string; readonly block: boolean })[]
  readonly finalizers?: readonly string[]
}

/** ConfigMaps that own each other, in a namespace of their own. */
export interface Family {
  readonly namespace: string
  readonly members: ResourceClient<KubeObject>
  uid(name: string): string
  delete(name: string, policy?: DeleteOptions['propagationPolicy']): Promise<void>
  /** Merges into the metadata of one. */
  patch(name: string, metadata: object): Promise<void>
  /** The names of those that are there, with their owners in brackets. */
  left(): Promise<string[]>
}

export async function createNamespace(client: Client): Promise<string> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'family-' } }
  return (await client.resource('v1', 'namespaces').create(namespace)).metadata.name ?? ''
}

/** Makes them in the order of the table. Owners that are not there before are ones that never were. */
export async function createFamily(client: Client, wanted: Readonly<Record<string, Wanted>>): Promise<Family> {
  const namespace = await createNamespace(client)
  const members = client.resource('v1', 'configmaps').namespace(namespace)
  const uids = new Map<string, string>()
  for (const [name, { owners = [], finalizers = [] }] of Object.entries(wanted)) {
    const ownerReferences = owners.map((owner): OwnerReference => {
      const { name: of, block } = typeof owner === 'string' ? { name: owner, block: false } : owner
      return {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: of,
        uid: uids.get(of) ?? `no-${of}`,
        blockOwnerDeletion: block,
      }
    })
    const metadata = { name, ownerReferences, finalizers: [...finalizers] }
    const created = await members.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
    uids.set(name, created.metadata.uid ?? '')
  }
  return {
    namespace,
    members,
    uid: (name) => uids.get(name) ?? '',
    delete: async (name, propagationPolicy) =>
      void (await members.delete(name, propagationPolicy && { propagationPolicy })),
    patch: async (name, metadata) => void (await members.patch(name, { metadata }, { type: 'merge' })),
    left: async () => (await members.list()).items.map(describeObject),
  }
}

export function describeObject({ metadata }: KubeObject): string {
  const owners = (metadata.ownerReferences ?? []).map(({ name }) => name)
  return `${metadata.name}${owners.length > 0 ? `(${owners.join(' ')})` : ''}`
}

/** Resolves when the collector has worked on what came after everything so far. */
export async function collectorPassed(client: Client): Promise<void> {
  const made = await createFamily(client, { a: {}, b: { owners: ['a'] } })
  await made.delete('a')
  await expect.poll(made.left).toEqual([])
}
