import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'

/** How a proxy is asked. `trust` says whom to believe when it is reached by TLS. */
export interface Tunneling {
  readonly proxyUrl: string
  readonly trust: Pick<ConnectionOptions, 'ca' | 'rejectUnauthorized'>
  readonly signal: AbortSignal
}

/**
 * Asks an HTTP proxy to connect to `host:port`, and resolves with the socket that leads there. A name and a password in
 * the proxy's URL are shown to it. Rejects with what the proxy answers when it does not want to.
 */
export function openTunnel(
  { host, port }: { readonly host: string; readonly port: number },
  { proxyUrl, trust, signal }: Tunneling,
): Promise<Duplex> {
  const proxy = new URL(proxyUrl)
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return new Promise((resolve, reject) => {
    const asking = (proxy.protocol === 'https:' ? requestHttps : requestHttp)({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: {
        host: target,
        ...(credentials === ':'
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
      agent: false,
      signal,
      ...trust,
    })
    asking.once('error', (cause) => {
      if (signal.aborted) reject(signal.reason as Error)
      else reject(new Error(`the proxy ${proxy.host}: ${cause.message}`, { cause }))
    })
    const refused = (status: number | undefined, text: string | undefined): void =>
      reject(new Error(`the proxy ${proxy.host} does not connect to ${target}: ${status} ${text}`))
    asking.once('response', (response) => {
      refused(response.statusCode, response.statusMessage)
      response.destroy()
    })
    asking.once('connect', ({ statusCode, statusMessage }, socket: Duplex, head) => {
      if (statusCode === 200) {
        if (head.length > 0) socket.unshift(head)
        // Whoever uses the socket hears of its errors, and there may be nobody.
        resolve(socket.on('error', () => undefined))
        return
      }
      refused(statusCode, statusMessage)
      socket.destroy()
    })
    asking.end()
  })
}
