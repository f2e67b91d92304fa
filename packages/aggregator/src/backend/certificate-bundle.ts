import { X509Certificate } from 'node:crypto'

const block = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g

/**
 * The certificates of a PEM bundle, in order. Throws with upstream's words for a bundle that holds none, or one that
 * cannot be read.
 */
export function parseCertificateBundle(pem: string): readonly X509Certificate[] {
  const blocks = [...pem.matchAll(block)]
  if (blocks.length === 0) throw new Error('unable to load root certificates: unable to parse bytes as PEM block')
  const certificates = blocks.filter(([, type]) => type === 'CERTIFICATE').map(([text]) => parse(text))
  if (certificates.length === 0) {
    throw new Error('unable to load root certificates: no valid certificate authority data seen')
  }
  return certificates
}

function parse(text: string): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`unable to load root certificates: failed to parse certificate: ${reason}`, { cause })
  }
}
