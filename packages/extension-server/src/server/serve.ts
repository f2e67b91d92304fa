import type { Clock } from '@fairlead/apimachinery'
import { systemClock } from '@fairlead/apimachinery'
import type { AdmissionPlugin, Listener, ServerLog } from '@fairlead/apiserver'
import { type ConnectedClient, connectToCluster } from '@fairlead/client/node'
import { openStorage, type StorageChoice } from '../storage/open-storage.ts'
import { createExtensionServer, type ExtensionServer, type ObjectReader } from './create-extension-server.ts'
import { type CertificateFiles, readServingCertificate } from './certificate-files.ts'
import { delegateTo } from './delegation.ts'
import type { AuthenticationOptions, AuthorizationOptions } from './delegation-options.ts'
import type { ServedKind } from './describe-kinds.ts'
import { namespaceLifecycle } from './main-namespaces.ts'
import { registerApiServices, type RegistrationTarget } from './registration.ts'
import { createServingCertificate } from './serving-certificate.ts'

/** What `serve` is told. Everything but the kinds has an answer of its own. */
export interface ServeOptions {
  readonly kinds: readonly ServedKind[]
  /** `memory` unless told. */
  readonly storage?: StorageChoice
  /** Admission plugins behind NamespaceLifecycle; they get the server, so that they can look at its objects. */
  readonly admission?: (server: ObjectReader) => readonly AdmissionPlugin[]
  /** The main server: a kubeconfig. `$KUBECONFIG`, the pod's service account or `~/.kube/config` unless told. */
  readonly kubeconfig?: string
  readonly context?: string
  /** Loopback unless a Service is named, then every address. */
  readonly bindAddress?: string
  /** 0, any free port, unless a Service is named, then 443. */
  readonly port?: number
  /** The Service that leads here. Without it the APIService names this process on loopback, which Fairlead follows. */
  readonly service?: { readonly name: string; readonly namespace: string; readonly port?: number }
  /** False: the APIServices are somebody else's to make. */
  readonly register?: boolean
  /** How the group stands among others in discovery; 1000 unless told. */
  readonly groupPriorityMinimum?: number
  /** When a request that may not take as long as it likes is given up, in milliseconds; 60,000 unless told. */
  readonly requestTimeout?: number
  /** How long to go on serving after `/readyz` has turned, in milliseconds; 0 unless told. */
  readonly shutdownDelay?: number
  /** How callers are recognised, where the main server's word is not all that counts. */
  readonly authentication?: AuthenticationOptions
  readonly authorization?: AuthorizationOptions
  /** A certificate that somebody else makes, in place of one that is made here. */
  readonly certificateFiles?: CertificateFiles
  readonly clock?: Clock
  readonly log?: ServerLog
}

/** A server that runs. */
export interface RunningServer extends ObjectReader {
  /** Such as `https://127.0.0.1:41873`. */
  readonly url: string
  /** PEM of the authority of its certificate; empty when a file holds the certificate and none its authority. */
  readonly authority: string
  /** Stops in order: not ready, drained, closed. Safe to call again. */
  stop(): Promise<void>
}

/**
 * Serves kinds as part of a main server's API: opens storage, makes certificates, lets in whom the main server trusts and
 * allows, listens, and registers an APIService for each group-version. Resolves when all of that is done; what has been
 * opened is closed again when a later step fails.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { clock = systemClock, log = consoleLog, service } = options
  const opened: (() => Promise<void> | void)[] = []
  const closeOpened = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close()
  }
  try {
    const connect = async (path: string | undefined, context?: string): Promise<ConnectedClient> => {
      const connected = await connectToCluster({
        ...(path === undefined ? {} : { path }),
        ...(context === undefined ? {} : { context }),
        clock,
      })
      opened.push(connected.close)
      return connected
    }
    const main = await connect(options.kubeconfig, options.context)
    const { authentication, authorization } = options
    const [identity, access] = [authentication?.kubeconfig, authorization?.kubeconfig]
    const storage = await openStorage(options.storage ?? 'memory')
    // A store that the caller has opened is the caller's to close.
    if (storage !== options.storage) opened.push(() => storage.close())
    let listener: Listener | undefined
    const replaceTls = (): void => listener?.replaceTls(tls())
    const delegation = await delegateTo({
      client: (identity === undefined ? main : await connect(identity)).client,
      accessClient: (access === undefined ? main : await connect(access)).client,
      ...(authentication === undefined ? {} : { authentication }),
      ...(authorization === undefined ? {} : { authorization }),
      clock,
      onChange: replaceTls,
      onError: (message, error) => log.error(message, { error }),
    })
    opened.push(delegation.close)
    const onError = (error: unknown): void => log.error('the serving certificate could not be renewed', { error })
    const certificate =
      options.certificateFiles === undefined
        ? await createServingCertificate({
            commonName: service === undefined ? 'localhost' : `${service.name}.${service.namespace}.svc`,
            hosts: certificateHosts(service),
            clock,
            onRenewal: replaceTls,
            onError,
          })
        : await readServingCertificate(options.certificateFiles, { clock, onRenewal: renewed, onError })
    opened.push(certificate.stop)
    const tls = () => {
      const clientCa = delegation.trustedAuthorities()
      return { ...certificate.current(), ...(clientCa === '' ? {} : { clientCa }) }
    }
    let register = (): Promise<void> => Promise.resolve()
    function renewed(): void {
      replaceTls()
      register().catch((error: unknown) => log.error('the APIServices could not be updated', { error }))
    }
    let url = ''
    const extension: ExtensionServer = createExtensionServer({
      kinds: options.kinds,
      storage,
      authenticate: delegation.authenticate,
      authorizer: delegation.authorizer,
      admission: (server) => [namespaceLifecycle(main.client), ...(options.admission?.(server) ?? [])],
      ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
      clock,
      log,
      serverAddress: () => url.slice('https://'.length),
    })
    opened.push(extension.close)
    const host = options.bindAddress ?? (service === undefined ? '127.0.0.1' : '::')
    listener = await extension.server.listen({
      host,
      port: options.port ?? (service === undefined ? 0 : 443),
      tls: tls(),
    })
    opened.push(() =>
      extension.server.shutDown(options.shutdownDelay === undefined ? {} : { delay: options.shutdownDelay }),
    )
    url = `https://${service === undefined ? '127.0.0.1' : `${service.name}.${service.namespace}.svc`}:${listener.port}`
    if (options.register !== false) {
      const target: RegistrationTarget = service === undefined ? { url } : { service }
      register = () =>
        registerApiServices({
          client: main.client,
          target,
          authority: certificate.authority(),
          groupPriorityMinimum: options.groupPriorityMinimum ?? 1000,
          groupVersions: extension.groupVersions(),
        })
      await register()
    }
    let stopping: Promise<void> | undefined
    return {
      get: extension.get,
      list: extension.list,
      url,
      get authority() {
        return certificate.authority() ?? ''
      },
      stop() {
        stopping ??= closeOpened()
        return stopping
      },
    }
  } catch (error) {
    await closeOpened()
    throw error
  }
}

function certificateHosts(service: ServeOptions['service']): readonly string[] {
  const local = ['localhost', '127.0.0.1', '::1']
  if (service === undefined) return local
  const { name, namespace } = service
  return [...local, name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`]
}

const consoleLog: ServerLog = {
  error: (message, { error }) => console.error(message, error),
}
