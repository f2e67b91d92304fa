/** Bytes that are not the certificate or the request expected; the message is in upstream's words where it has some. */
export class X509SyntaxError extends Error {
  override readonly name = 'X509SyntaxError'
}
