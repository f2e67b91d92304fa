import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Runnable } from '../controller/runtime.ts'
import type { Manager } from '../manager/manager.ts'

export interface EndpointServerOptions {
  /** 0 takes any. */
  readonly port: number
  /** Loopback unless told; in a pod `0.0.0.0`, since the kubelet asks the pod's address. */
  readonly host?: string
  /** Hears where it listens. */
  readonly onListening?: (url: string) => void
}

interface Answer {
  readonly status: number
  readonly text: string
}

/**
 * Serves `/healthz`, `/readyz` (each with its checks below it) and `/metrics` of a manager over HTTP, to everybody who
 * reaches the port, from the start of the manager to its end.
 */
export function endpointServer(
  manager: Pick<Manager, 'healthz' | 'readyz' | 'metrics'>,
  options: EndpointServerOptions,
): Runnable {
  return {
    name: 'endpoint server',
    needsLeaderElection: false,
    async start(_runtime, signal) {
      const { host = '127.0.0.1', port, onListening } = options
      const server = createServer((request, response) => {
        void answer(manager, request.method ?? '', request.url ?? '').then(({ status, text }) => {
          response.writeHead(status, {
            'content-type': 'text/plain; charset=utf-8',
            'x-content-type-options': 'nosniff',
          })
          response.end(request.method === 'HEAD' ? undefined : text)
        })
      })
      server.listen(port, host)
      await once(server, 'listening', { signal })
      onListening?.(`http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`)
      await closed(server, signal)
    },
  }
}

const notFound: Answer = { status: 404, text: '404 page not found\n' }

async function answer(
  { healthz, readyz, metrics }: Pick<Manager, 'healthz' | 'readyz' | 'metrics'>,
  method: string,
  url: string,
): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'Method Not Allowed\n' }
  if (!url.startsWith('/')) return notFound
  const { pathname, searchParams } = new URL(`http://endpoints${url}`)
  if (pathname === '/metrics') return { status: 200, text: metrics.render() }
  const [, where, name] = /^\/(healthz|readyz)(?:\/([^/]*))?$/.exec(pathname) ?? []
  if (where === undefined) return notFound
  const checks = where === 'healthz' ? healthz : readyz
  return (await checks.answer(name === '' ? undefined : name, searchParams)) ?? notFound
}

/** Resolves when the server has ended, which it does with the signal. */
function closed(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const close = (): void => {
      server.close(() => resolve())
      server.closeAllConnections()
    }
    if (signal.aborted) close()
    else signal.addEventListener('abort', close, { once: true })
  })
}
