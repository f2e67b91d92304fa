import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import type { KeyPair } from '@fairlead/apiserver'
import type { Logger } from '../logging/logger.ts'
import type { AuthenticationSettings } from './authentication-settings.ts'
import { followFiles } from './reload.ts'

/** The certificate that this server shows to extension servers, as it is at the moment. */
export interface ProxyClient {
  current(): KeyPair
  stop(): void
}

/** Follows the files of `--proxy-client-cert-file`; a certificate made in the data folder stays as it is. */
export function followProxyClient(
  made: KeyPair,
  settings: Pick<AuthenticationSettings, 'proxyClientCertFile' | 'proxyClientKeyFile'> | undefined,
  tools: { readonly clock: Clock; readonly logger: Logger },
): ProxyClient {
  const { proxyClientCertFile, proxyClientKeyFile } = settings ?? {}
  let current = made
  if (proxyClientCertFile === undefined || proxyClientKeyFile === undefined) {
    return { current: () => current, stop: () => undefined }
  }
  const stop = followFiles(
    [proxyClientCertFile, proxyClientKeyFile],
    ([certificate = '', key = '']) => {
      if (!new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) {
        throw new Error('--proxy-client-key-file is not the key of --proxy-client-cert-file')
      }
      current = { certificate, key }
    },
    tools,
  )
  return { current: () => current, stop }
}
