import { request } from 'node:https'
import type { ComponentHealth, ComponentProbe } from '@fairlead/apiserver'
import type { Storage } from '@fairlead/storage'

const probeTimeout = 20_000
/** As much of an answer as is shown. */
const bodyLimit = 10 * 1024

/**
 * The components that `kubectl get componentstatuses` knows: the store, and the two that listen on loopback at their
 * usual ports when they run on this machine.
 */
export function componentProbes(storage: Storage): Readonly<Record<string, ComponentProbe>> {
  return {
    'controller-manager': () => probeHealthz('https://127.0.0.1:10257/healthz'),
    scheduler: () => probeHealthz('https://127.0.0.1:10259/healthz'),
    'etcd-0': () => probeStorage(storage),
  }
}

async function probeStorage(storage: Pick<Storage, 'health'>): Promise<ComponentHealth> {
  try {
    await storage.health()
    return { status: 'True', message: 'ok' }
  } catch (error) {
    return { status: 'False', error: error instanceof Error ? error.message : String(error) }
  }
}

/** Asks the health endpoint of a component, whose certificate need not be known. */
export function probeHealthz(url: string): Promise<ComponentHealth> {
  return new Promise((resolve) => {
    const failed = (reason: string): void => resolve({ status: 'False', message: `Get "${url}": ${reason}` })
    const signal = AbortSignal.timeout(probeTimeout)
    const call = request(url, { rejectUnauthorized: false, agent: false, signal }, (response) => {
      const { statusCode = 0 } = response
      let body = Buffer.alloc(0)
      response.on('data', (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]).subarray(0, bodyLimit)
      })
      response.on('error', (error) => failed(error.message))
      response.on('end', () => {
        if (statusCode >= 200 && statusCode < 400) resolve({ status: 'True', message: body.toString() })
        else resolve({ status: 'False', message: `HTTP probe failed with statuscode: ${statusCode}` })
      })
    })
    call.on('error', (error) => failed(signal.aborted ? 'context deadline exceeded' : reasonOf(error, url)))
    call.end()
  })
}

function reasonOf(error: NodeJS.ErrnoException, url: string): string {
  const { host } = new URL(url)
  return error.code === 'ECONNREFUSED' ? `dial tcp ${host}: connect: connection refused` : error.message
}
