import type { KeyObject, webcrypto } from 'node:crypto'
import type * as X509 from '@peculiar/x509'

/** What makes certificates. */
export interface X509Library {
  readonly x509: typeof X509
  readonly crypto: typeof webcrypto
  createPrivateKey(pem: string): KeyObject
}

/** The X.509 library is heavy and wanted only when a certificate must be made. It needs the reflection polyfill first. */
export async function loadX509(): Promise<X509Library> {
  await import('reflect-metadata')
  const [x509, { webcrypto: crypto, createPrivateKey }] = await Promise.all([
    import('@peculiar/x509'),
    import('node:crypto'),
  ])
  x509.cryptoProvider.set(crypto as never)
  return { x509, crypto, createPrivateKey }
}
