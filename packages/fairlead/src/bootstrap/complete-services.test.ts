import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import { openLmdbStorage } from '@fairlead/storage-lmdb'
import { expect, test } from 'vitest'
import { defaultControlPlaneOptions } from '../control-plane/options.ts'
import { startControlPlane } from '../control-plane/start-control-plane.ts'
import { loopback } from './loopback-call.ts'

const ports = [{ port: 80, protocol: 'TCP', targetPort: 80 }]
const specs: Record<string, JsonObject> = {
  usual: { type: 'ClusterIP', ports },
  port: { type: 'NodePort', ports },
  asked: { type: 'ClusterIP', clusterIP: '10.0.0.20', ports },
  headless: { type: 'ClusterIP', clusterIP: 'None', ports },
  name: { type: 'ExternalName', externalName: 'a.b' },
  broken: { type: 'NodePort', ports: [...ports, { port: 81 }] },
}

test('Services of a server that gave out no addresses get theirs when a server starts', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'complete-services-'))
  const storage = await openLmdbStorage({ folder: join(dataDir, 'storage') })
  for (const [name, spec] of Object.entries(specs)) {
    const metadata = { name, namespace: 'default', uid: name, creationTimestamp: '2026-01-01T00:00:00Z' }
    const value = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata, spec }))
    await storage.transaction([], [{ type: 'put', key: `/registry/services/specs/default/${name}`, value }])
  }
  await storage.close()
  const options = { ...defaultControlPlaneOptions, securePort: 0, storage: 'lmdb', dataDir, controllers: [] } as const
  const controlPlane = await startControlPlane(options)
  try {
    const call = loopback(controlPlane.transport)
    const itemsOf = async (path: string) => (await call('GET', path)).body['items'] as JsonObject[]
    const services = await itemsOf('/api/v1/namespaces/default/services')
    const address = expect.stringMatching(/^10\.0\.0\.\d+$/)
    expect(Object.fromEntries(services.map(({ metadata, spec }) => [(metadata as JsonObject)['name'], spec]))).toEqual({
      kubernetes: expect.objectContaining({ clusterIP: '10.0.0.1' }),
      usual: expect.objectContaining({ clusterIP: address, clusterIPs: [address] }),
      port: expect.objectContaining({ ports: [expect.objectContaining({ nodePort: expect.any(Number) })] }),
      asked: expect.objectContaining({ clusterIP: '10.0.0.20', clusterIPs: ['10.0.0.20'] }),
      headless: expect.objectContaining({ clusterIP: 'None', clusterIPs: ['None'] }),
      name: expect.not.objectContaining({ clusterIP: expect.anything() }),
      broken: expect.not.objectContaining({ clusterIP: expect.anything() }),
    })
    const addresses = await itemsOf('/apis/networking.k8s.io/v1/ipaddresses')
    const holders = addresses.map(({ spec }) => ((spec as JsonObject)['parentRef'] as JsonObject)['name']).sort()
    expect(holders).toEqual(['asked', 'kubernetes', 'port', 'usual'])
  } finally {
    await controlPlane.stop()
    await rm(dataDir, { recursive: true })
  }
})
