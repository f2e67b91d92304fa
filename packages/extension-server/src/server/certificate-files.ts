import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import { followFiles } from '../files/follow-files.ts'
import type { ServingCertificate } from './serving-certificate.ts'

/** Paths of PEM files, which are read again every minute. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
  /** Who signed it, for the caBundle of the APIServices; without it clients need to know the signer already. */
  readonly authority?: string
}

/** The certificate of files. Rejects for files that cannot be read or do not belong together; later the old ones stay. */
export async function readServingCertificate(
  { certificate, key, authority }: CertificateFiles,
  options: { readonly clock: Clock; onRenewal(): void; onError(error: unknown): void },
): Promise<ServingCertificate> {
  const paths = [
    { flag: 'tls-cert-file', path: certificate },
    { flag: 'tls-private-key-file', path: key },
    ...(authority === undefined ? [] : [{ flag: 'tls-ca-file', path: authority }]),
  ]
  const files = await followFiles(
    paths,
    ([cert = '', privateKey = '', signer]) => {
      try {
        const isPair = new X509Certificate(cert).checkPrivateKey(createPrivateKey(privateKey))
        if (!isPair) throw new Error('the key is not that of the certificate')
      } catch (cause) {
        const problem = (cause as Error).message
        throw new Error(`tls-cert-file "${certificate}" and tls-private-key-file "${key}": ${problem}`, { cause })
      }
      return { pair: { certificate: cert, key: privateKey }, signer }
    },
    { clock: options.clock, onChange: options.onRenewal, onError: options.onError },
  )
  return { authority: () => files.current().signer, current: () => files.current().pair, stop: files.stop }
}
