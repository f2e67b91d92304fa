import { readFile } from 'node:fs/promises'
import type { Clock } from '@fairlead/apimachinery'
import { execCredentials } from './exec-credential.ts'
import type { ClusterAccess } from './kubeconfig.ts'

export interface ClientCertificate {
  readonly certificate: string
  readonly key: string
}

/** Who calls, found out anew for every call. */
export interface Credentials {
  /** The Authorization header; undefined when a certificate or nothing is shown. */
  authorization(): Promise<string | undefined>
  certificate(): Promise<ClientCertificate | undefined>
  /** The server did not accept them: what was remembered is asked for again. */
  refused(): void
}

/** The credentials of a user, in the order in which client-go prefers them. */
export function credentialsOf(access: ClusterAccess, clock: Clock): Credentials {
  const { exec } = access
  const command = exec === undefined ? undefined : execCredentials({ ...access, exec }, clock)
  return {
    async authorization() {
      if (access.tokenFile !== undefined) return `Bearer ${(await readFile(access.tokenFile, 'utf8')).trim()}`
      if (access.token !== undefined) return `Bearer ${access.token}`
      if (access.username !== undefined) {
        return `Basic ${Buffer.from(`${access.username}:${access.password ?? ''}`).toString('base64')}`
      }
      const token = (await command?.get())?.token
      return token === undefined ? undefined : `Bearer ${token}`
    },
    async certificate() {
      const { clientCertificate: certificate, clientKey: key } = access
      if (certificate !== undefined && key !== undefined) return { certificate, key }
      const made = await command?.get()
      if (made?.clientCertificate === undefined || made.clientKey === undefined) return undefined
      return { certificate: made.clientCertificate, key: made.clientKey }
    },
    refused: () => command?.forget(),
  }
}
