import { type Client, createClient, type Transport } from '@fairlead/client'
import { type ClusterAccess, createServerTransport } from '@fairlead/client/node'
import { serviceAccountTransport } from './service-account-transport.ts'

/** Clients of one API server, over as few connections as there can be. */
export interface ControllerClients {
  /** Whom the kubeconfig names. */
  readonly client: Client
  /** What the controller with this ServiceAccount, or with none, writes with. */
  clientFor(serviceAccount: string | undefined): Client
  close(): void
}

/** With `asServiceAccounts` each controller is its own ServiceAccount; otherwise all are whom `access` names. */
export function controllerClients(
  access: ClusterAccess,
  { userAgent, asServiceAccounts }: { readonly userAgent: string; readonly asServiceAccounts: boolean },
): ControllerClients {
  const known = createServerTransport(access)
  const client = createClient(known.call, { userAgent })
  // Tokens are shown call by call, so that all ServiceAccounts share a connection; a certificate would be the connection's.
  const unknown = asServiceAccounts ? createServerTransport(withoutCredentials(access)) : undefined
  const transportFor = (name: string): Transport =>
    unknown === undefined ? known.call : serviceAccountTransport({ client, name, transport: unknown.call })
  return {
    client,
    clientFor: (name) =>
      name === undefined ? client : createClient(transportFor(name), { userAgent: `${userAgent}/${name}` }),
    close() {
      unknown?.close()
      known.close()
    },
  }
}

function withoutCredentials(access: ClusterAccess): ClusterAccess {
  const { server, namespace, certificateAuthority, insecureSkipTlsVerify, tlsServerName } = access
  return {
    server,
    namespace,
    ...(certificateAuthority !== undefined && { certificateAuthority }),
    ...(insecureSkipTlsVerify !== undefined && { insecureSkipTlsVerify }),
    ...(tlsServerName !== undefined && { tlsServerName }),
  }
}
