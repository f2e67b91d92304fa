import { type Address, formatAddress } from './address.ts'

const connectTexts: Readonly<Record<string, string | undefined>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
}

/** What went wrong while a connection was made, in the words of upstream's messages. */
export function dialFailure(error: Error, address: Address): string {
  const code = codeOf(error)
  const connect = connectTexts[code]
  if (connect !== undefined) return `dial tcp ${formatAddress(address)}: ${connect}`
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${address.host}: no such host`
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${address.host}: temporary failure in name resolution`
  if (code === 'ECONNRESET')
    return error.message.includes('before secure TLS') ? 'EOF' : 'read: connection reset by peer'
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code.startsWith('ERR_SSL_')) {
    return code.includes('WRONG_VERSION') || /wrong version number|packet length/i.test(error.message)
      ? 'tls: first record does not look like a TLS handshake'
      : `remote error: tls: ${lastReason(error.message)}`
  }
  return error.message
}

/** What went wrong on a connection that was there. */
export function exchangeFailure(error: Error): string {
  const code = codeOf(error)
  if (code === 'ECONNRESET') return error.message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer'
  if (code === 'EPIPE') return 'write: broken pipe'
  if (code === 'ERR_HTTP2_STREAM_ERROR') return `stream error: ${lastReason(error.message)}`
  if (code === 'ERR_HTTP2_SESSION_ERROR') return 'http2: server sent GOAWAY and closed the connection'
  if (code === 'ERR_HTTP2_STREAM_CANCEL') return 'http2: client connection lost'
  if (code.startsWith('HPE_')) return `net/http: HTTP/1.x transport connection broken: malformed HTTP response`
  return error.message
}

/** The system's or Node's code of an error; empty when it has none. */
export function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** OpenSSL's messages are fields between colons; the reason comes last but for the file. */
function lastReason(message: string): string {
  const fields = message.split(':').map((field) => field.trim())
  return fields.findLast((field) => /[a-z]{3}/.test(field) && !field.includes('/')) ?? message
}
