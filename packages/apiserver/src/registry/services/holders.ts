import { isJsonObject, type JsonValue, type KubeObject, parseJson } from '@fairlead/apimachinery'
import { familyOf, heldAddresses, heldNodePorts } from '@fairlead/api'
import type { Storage } from '@fairlead/storage'
import type { ResourceStore } from '../generic/resource-store.ts'

/** A record that says who has something. */
export interface HolderRecord {
  readonly key: string
  readonly revision: number
  /** As `ownerOf` names a Service. */
  readonly owner: string
}

/** How Services hold things of one kind. */
export interface Holder<T> {
  /** What a Service holds, each once. */
  held(service: KubeObject): readonly T[]
  find(one: T): Promise<HolderRecord | undefined>
  /** The record of a new holder. */
  record(service: KubeObject, one: T): { readonly key: string; readonly value: Uint8Array }
  ownerOf(service: KubeObject): string
}

/** Addresses, each held by an IPAddress object of its name. */
export function heldByAddress(store: () => Pick<ResourceStore, 'find' | 'newRecord'> | undefined): Holder<string> {
  const addresses = () => {
    const found = store()
    if (found === undefined) throw new Error('there is no store of IPAddresses')
    return found
  }
  return {
    held: heldAddresses,
    ownerOf,
    async find(name) {
      const found = await addresses().find({ namespace: '', name })
      if (found === undefined) return undefined
      const { spec } = found.object()
      const parent = isJsonObject(spec) ? spec['parentRef'] : undefined
      return { key: found.key, revision: found.revision, owner: ownerIn(parent) }
    },
    record: (service, name) =>
      addresses().newRecord({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IPAddress',
        metadata: {
          name,
          labels: {
            'ipaddress.kubernetes.io/ip-family': familyOf(name),
            'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
          },
        },
        spec: { parentRef: reference(service) },
      }),
  }
}

const portPrefix = '/registry/ranges/servicenodeports/'

/** Node ports, each held by a key that is no object. */
export function heldByPort(storage: Pick<Storage, 'get'>): Holder<number> {
  return {
    held: heldNodePorts,
    ownerOf,
    async find(port) {
      const { item } = await storage.get(`${portPrefix}${port}`)
      if (item === undefined) return undefined
      return { key: item.key, revision: item.modRevision, owner: ownerIn(parseJson(item.value)) }
    },
    record: (service, port) => ({
      key: `${portPrefix}${port}`,
      value: Buffer.from(JSON.stringify(reference(service))),
    }),
  }
}

function reference({ metadata: { namespace = '', name = '' } }: KubeObject) {
  return { resource: 'services', namespace, name }
}

function ownerOf(service: KubeObject): string {
  return ownerIn(reference(service))
}

function ownerIn(parent: JsonValue | undefined): string {
  if (!isJsonObject(parent)) return ''
  return [parent['resource'], parent['namespace'], parent['name']].map(String).join('/')
}
