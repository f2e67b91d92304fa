import { createSecureContext, type SecureContext } from 'node:tls'
import type { ClientCertificate, TlsTarget } from './tls-target.ts'

/**
 * What connections to a target are made with. Keys and bundles take longer to read than a connection to make, so it is made
 * once for each certificate of the front proxy.
 */
export function tlsContexts(target: TlsTarget): (certificate: ClientCertificate | undefined) => SecureContext {
  let made: { readonly certificate: ClientCertificate | undefined; readonly context: SecureContext } | undefined
  return (certificate) => {
    if (made === undefined || made.certificate !== certificate) {
      made = { certificate, context: createContext(target, certificate) }
    }
    return made.context
  }
}

function createContext(target: TlsTarget, certificate: ClientCertificate | undefined): SecureContext {
  return createSecureContext({
    // Who is not looked at needs none of the system's roots.
    ...(target.insecureSkipTlsVerify ? { ca: [] } : target.caBundle === undefined ? {} : { ca: target.caBundle }),
    ...(certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }),
  })
}
