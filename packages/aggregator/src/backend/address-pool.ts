import type { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ApiResponse } from '@fairlead/apiserver'
import type { Clock } from '@fairlead/apimachinery'
import { formatAddress, type Address } from './address.ts'
import { BackendError } from './backend.ts'
import { dial, type DialOptions } from './dial.ts'
import { createHttp1Agent } from './http1-agent.ts'
import { exchangeHttp1 } from './http1-exchange.ts'
import { exchangeHttp2 } from './http2-exchange.ts'
import { type BackendSession, startHttp2 } from './http2-session.ts'
import type { TlsTarget } from './tls-target.ts'
import type { UnaddressedRequest } from './wire-request.ts'

/** The connections to one address under one set of TLS settings. */
export interface AddressPool {
  send(request: UnaddressedRequest): Promise<ApiResponse>
  /** Connections that are open end when their last exchange has. */
  retire(): void
  /** Every connection ends at once. */
  destroy(): void
}

export interface AddressPoolOptions {
  readonly address: Address
  readonly target: TlsTarget
  readonly secureContext: DialOptions['secureContext']
  readonly clock: Clock
  readonly onCertificate: NonNullable<DialOptions['onCertificate']>
}

/**
 * A pool that speaks HTTP/2 where the server does, on as many connections as its limit of streams asks for, and HTTP/1.1
 * otherwise. Several requests that need a new connection share the attempt.
 */
export function createAddressPool(options: AddressPoolOptions): AddressPool {
  const authority = formatAddress(options.address)
  const sessions = new Set<BackendSession>()
  let opening: Promise<Opened> | undefined
  let http1: { readonly agent: Agent; readonly spare: Duplex[] } | undefined
  let retired = false

  async function open(): Promise<Opened> {
    const socket = await dial({ ...options, protocols: ['h2', 'http/1.1'] })
    return socket.alpnProtocol === 'h2' ? openHttp2(socket) : openHttp1(socket)
  }

  function openHttp2(socket: TLSSocket): Opened {
    const entry = startHttp2(socket, options.clock, () => sessions.delete(entry))
    sessions.add(entry)
    return { session: entry }
  }

  function openHttp1(socket: TLSSocket): Opened {
    const spare: Duplex[] = [socket]
    http1 ??= {
      spare,
      agent: createHttp1Agent(async () => {
        const first = spare.pop()
        return first !== undefined && !first.destroyed ? first : await dial({ ...options, protocols: ['http/1.1'] })
      }),
    }
    return { agent: http1.agent }
  }

  function connection(): Promise<Opened> {
    opening ??= open().finally(() => {
      opening = undefined
    })
    return opening
  }

  async function exchange(request: UnaddressedRequest): Promise<ApiResponse> {
    for (;;) {
      for (const session of sessions) if (session.hasRoom) return start(session, request)
      if (http1 !== undefined) return exchangeHttp1(http1.agent, { ...request, authority })
      // An attempt that nobody waits for would fail unheard.
      if (request.signal.aborted) throw notWanted(request.signal)
      const opened = await abortable(connection(), request.signal)
      if ('agent' in opened) return exchangeHttp1(opened.agent, { ...request, authority })
      if (opened.session.hasRoom) return start(opened.session, request)
    }
  }

  function start(session: BackendSession, request: UnaddressedRequest): Promise<ApiResponse> {
    const leave = session.enter()
    return exchangeHttp2(session.session, { ...request, authority }, leave)
  }

  return {
    async send(request) {
      try {
        return await exchange(request)
      } catch (error) {
        // The server's protocol may be another one after a restart.
        if (error instanceof BackendError && error.stage === 'dial') http1 = undefined
        throw error
      } finally {
        if (retired) retire()
      }
    },
    retire,
    destroy() {
      retired = true
      for (const session of sessions) session.destroy()
      http1?.agent.destroy()
    },
  }

  function retire(): void {
    retired = true
    for (const session of sessions) session.retire()
  }
}

type Opened = { readonly session: BackendSession } | { readonly agent: Agent }

/** Waits for a shared attempt, but no longer than the request is wanted. */
function abortable<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(notWanted(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function notWanted(signal: AbortSignal): BackendError {
  return new BackendError('context canceled', { cause: signal.reason, stage: 'dial' })
}
