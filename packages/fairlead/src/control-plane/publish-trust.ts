import { type Clock, deepEqual, type JsonObject } from '@fairlead/apimachinery'
import type { InProcessTransport } from '@fairlead/apiserver'
import type { LoopbackCall } from '../bootstrap/ensure-server-owned-objects.ts'
import type { Logger } from '../logging/logger.ts'
import { type AuthenticationTrust, mergeTrust, type TrustData } from './authentication-trust.ts'

const namespacePath = '/api/v1/namespaces'
const collection = `${namespacePath}/kube-system/configmaps`
const name = 'extension-apiserver-authentication'
const path = `${collection}/${name}`
const retryDelay = 1000
const recheckInterval = 60_000

/** What the publisher works with. */
export interface TrustPublisherOptions {
  readonly call: LoopbackCall
  readonly transport: InProcessTransport
  readonly clock: Clock
  readonly logger: Logger
  /** What holds at the moment. */
  trust(): AuthenticationTrust
}

/** Keeps the ConfigMap `kube-system/extension-apiserver-authentication`. */
export interface TrustPublisher {
  /** For when the trust has changed. A failure is logged, and made up for when the watch begins anew. */
  syncSoon(): void
  stop(): Promise<void>
}

/**
 * Writes the ConfigMap and keeps it: whoever deletes or changes it gets it back with this server's share in it. Rejects
 * when it cannot be written at first.
 */
export async function publishTrust(options: TrustPublisherOptions): Promise<TrustPublisher> {
  const { clock, logger } = options
  const stopping = new AbortController()
  let turn: Promise<unknown> = Promise.resolve()
  const sync = (): Promise<void> => {
    const next = turn.then(() => syncOnce(options))
    turn = next.catch(() => undefined)
    return next
  }
  await sync()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await follow(options, sync, stopping.signal)
      } catch (error) {
        if (stopping.signal.aborted) return
        logger.warn({ err: error }, `cannot keep configmaps/${name}`)
        await pause(clock, retryDelay, stopping.signal)
      }
    }
  })()
  return {
    syncSoon() {
      sync().catch((error: unknown) => logger.warn({ err: error }, `cannot write configmaps/${name}`))
    },
    async stop() {
      stopping.abort()
      await running
      await turn
    },
  }
}

/** Puts the ConfigMap right after each change of it, until the watch ends. */
async function follow(options: TrustPublisherOptions, sync: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const query = `watch=true&fieldSelector=metadata.name%3D${name}&timeoutSeconds=${recheckInterval / 1000}`
  const response = await options.transport({ method: 'GET', path: `${collection}?${query}`, signal })
  if (response.status !== 200) throw new Error(`watch of ${path}: ${response.status} ${await response.text()}`)
  await sync()
  // One chunk may hold several events; that something has changed is all there is to know.
  for await (const chunk of response.body) if (chunk.length > 0) await sync()
}

async function syncOnce(options: TrustPublisherOptions): Promise<void> {
  const { call } = options
  const found = await call('GET', path)
  if (found.status !== 200 && found.status !== 404) throw failed('read', found)
  const existing = found.status === 200 ? dataOf(found.body) : {}
  const data = mergeTrust(existing, options.trust(), options.clock.now())
  if (found.status === 200 && deepEqual(existing, data)) return
  const written = found.status === 200 ? await call('PUT', path, { ...found.body, data }) : await create(call, data)
  if (written.status === 409) return syncOnce(options)
  if (isTooLarge(written)) await call('DELETE', path)
  if (written.status >= 300) throw failed('write', written)
}

/** Clusters without the namespace get it. */
async function create(call: LoopbackCall, data: TrustData): Promise<Awaited<ReturnType<LoopbackCall>>> {
  const configMap = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'kube-system' }, data }
  const created = await call('POST', collection, configMap)
  if (created.status !== 404) return created
  const namespace = { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'kube-system' } }
  await call('POST', namespacePath, namespace)
  return await call('POST', collection, configMap)
}

/** What others have put there may have grown too large; then the ConfigMap is started anew with this server's share. */
function isTooLarge({ status, body }: { readonly status: number; readonly body: JsonObject }): boolean {
  return status === 413 || (status === 422 && String(body['message']).includes('Too long'))
}

function dataOf(configMap: JsonObject): TrustData {
  const data = (configMap['data'] ?? {}) as JsonObject
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]))
}

function failed(verb: string, { status, body }: { readonly status: number; readonly body: JsonObject }): Error {
  return new Error(`cannot ${verb} ${path}: ${status} ${String(body['message'] ?? '')}`)
}

async function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(delay, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  })
}
