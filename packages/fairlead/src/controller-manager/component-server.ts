import type { Clock, JsonObject } from '@fairlead/apimachinery'
import {
  type ApiServer,
  createApiServer,
  type Handler,
  type Listener,
  type TlsSettings,
  textResponse,
} from '@fairlead/apiserver'
import type { Client } from '@fairlead/client'
import { type Delegation, delegateTo } from '@fairlead/extension-server'
import { localHosts, urlHost } from '../control-plane/addresses.ts'
import type { Logger } from '../logging/logger.ts'
import { componentCertificate } from './component-certificate.ts'
import type { ComponentServingSettings } from './options.ts'

/** What a component serves beside its work. */
export interface ComponentServerOptions extends ComponentServingSettings {
  readonly name: string
  /** Asked who calls and what he may do. */
  readonly client: Client
  /** Metrics of the component, in the text format of Prometheus. */
  metrics(): string
  /** What the component was told, for `/configz`. */
  readonly configuration: JsonObject
  readonly logger: Logger
}

/**
 * Serves `/healthz`, `/livez`, `/readyz`, `/metrics` and `/configz` to whom the API server knows and allows; some paths to
 * everybody. Returns where, and how to stop.
 */
export async function startComponentServer(
  options: ComponentServerOptions,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { name, bindAddress, port, certDir, alwaysAllowPaths, client, logger } = options
  const { clock } = client.times
  const opened: (() => void)[] = []
  const close = (): void => {
    for (const step of opened.splice(0).reverse()) step()
  }
  let replaceTls = (): void => {}
  try {
    const delegation = await delegateTo({
      client,
      clock,
      authorization: { alwaysAllowPaths },
      onChange: () => replaceTls(),
      onError: (message, error) => logger.error({ err: error }, message),
    })
    opened.push(() => delegation.close())
    const certificate = await componentCertificate({
      name,
      hosts: localHosts(bindAddress),
      clock,
      logger,
      onRenewal: () => replaceTls(),
      ...(certDir !== undefined && { folder: certDir }),
    })
    opened.push(() => certificate.stop())
    const tls = (): TlsSettings => {
      const clientCa = delegation.trustedAuthorities()
      return { ...certificate.current(), ...(clientCa === '' ? {} : { clientCa }) }
    }
    const server = componentServer(options, delegation, clock)
    const listener = await listen(server, { host: bindAddress, port, tls: tls() })
    replaceTls = () => listener.replaceTls(tls())
    return {
      url: `https://${urlHost(bindAddress)}:${listener.port}`,
      async stop() {
        await server.shutDown()
        close()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

function componentServer(
  { metrics, configuration, logger }: ComponentServerOptions,
  { authenticate, authorizer }: Delegation,
  clock: Clock,
): ApiServer {
  const server: ApiServer = createApiServer({
    handlers: [],
    clock,
    log: { error: (message, { error, ...fields }) => logger.error({ ...fields, err: error }, message) },
    authenticate,
    authorizer,
    routes: new Map<string, Handler>([
      [
        '/metrics',
        async () => {
          let text = metrics()
          for await (const piece of server.metrics.render()) text += piece
          return textResponse(text, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        },
      ],
      ['/configz', () => textResponse(JSON.stringify(configuration), { 'content-type': 'application/json' })],
    ]),
    processMetrics: true,
  })
  return server
}

async function listen(
  server: ApiServer,
  address: { readonly host: string; readonly port: number; readonly tls: TlsSettings },
): Promise<Listener> {
  try {
    return await server.listen(address)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw cause
    throw new Error(`${message}; choose another port with --secure-port, or 0 to serve nothing`, { cause })
  }
}
