import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'

export interface PodOptions {
  readonly labels?: Record<string, string>
  readonly ips?: readonly string[]
  readonly ready?: boolean
  readonly spec?: JsonObject
  readonly metadata?: JsonObject
}

/** Namespaces with Services and with pods that nobody runs: their status is written by hand. */
export interface ServicesAndPods {
  createNamespace(name: string): Promise<void>
  createNode(name: string, labels?: Record<string, string>): Promise<void>
  /** Selects pods with the label `app` of its name, on port 80 unless `spec` says otherwise. */
  createService(namespace: string, name: string, spec?: JsonObject, metadata?: JsonObject): Promise<KubeObject>
  /** A running pod on node `n1`, ready unless told. */
  createPod(namespace: string, name: string, options?: PodOptions): Promise<void>
  setReady(namespace: string, name: string, ready: boolean, time?: string): Promise<void>
}

export function servicesAndPods(client: Client): ServicesAndPods {
  const pods = (namespace: string) => client.resource('v1', 'pods').namespace(namespace)
  const condition = (ready: boolean, lastTransitionTime = '2030-01-01T00:00:00Z') => ({
    type: 'Ready',
    status: ready ? 'True' : 'False',
    lastTransitionTime,
  })
  return {
    async createNamespace(name) {
      await client.resource('v1', 'namespaces').create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    },
    async createNode(name, labels = {}) {
      await client.resource('v1', 'nodes').create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } })
    },
    createService(namespace, name, spec = {}, metadata = {}) {
      return client.resource('v1', 'services').create({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { ...metadata, name, namespace },
        spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
      })
    },
    async createPod(namespace, name, { labels = {}, ips = ['10.1.0.1'], ready = true, spec = {}, metadata = {} } = {}) {
      await pods(namespace).create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...metadata, name, labels },
        spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'a' }], ...spec },
      })
      const status = {
        phase: 'Running',
        podIP: ips[0],
        podIPs: ips.map((ip) => ({ ip })),
        conditions: [condition(ready)],
      }
      await pods(namespace).subresource('status').patch(name, { status }, { type: 'merge' })
    },
    async setReady(namespace, name, ready, time) {
      const status = { conditions: [condition(ready, time)] }
      await pods(namespace).subresource('status').patch(name, { status }, { type: 'merge' })
    },
  }
}
