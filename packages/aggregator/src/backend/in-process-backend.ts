import type { ApiServer } from '@fairlead/apiserver'
import { type Backend, BackendError, type OutgoingHeaders } from './backend.ts'

/** A server in this process: requests reach it without a socket, made by the caller's own identity. */
export type InProcessServer = Pick<ApiServer, 'transport'>

/** The server that is registered under `name` at the moment of the request. */
export function inProcessBackend(name: string, find: (name: string) => InProcessServer | undefined): Backend {
  return {
    usesService: false,
    locate() {
      const server = find(name)
      if (server === undefined) throw new Error(`no server named "${name}" runs in this process`)
      return {
        host: `${name}.in-process`,
        async send({ method, path, headers, user, body, signal }) {
          const call = { method, path, headers: joined(headers), signal, ...(body === undefined ? {} : { body }) }
          const response = await server.transport(user)(call)
          return {
            status: response.status,
            headers: response.headers,
            async body(sink) {
              for await (const chunk of response.body) {
                if (sink.signal.aborted) return
                if (!sink.write(chunk)) await sink.drained()
              }
            },
          }
        },
        upgrade: () =>
          Promise.reject(new BackendError('a server in this process cannot take a connection over', { stage: 'dial' })),
      }
    },
    presented: () => undefined,
    renew() {},
    destroy() {},
  }
}

function joined(headers: OutgoingHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value.join(', ')]),
  )
}
