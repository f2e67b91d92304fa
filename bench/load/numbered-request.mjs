import { encodeRequest } from './http2-frames.mjs'

const digits = 8
/** Where an object's name has its number. */
export const numberPlace = '0'.repeat(digits)

/**
 * A request over HTTP/2 whose body's first run of eight zeros is replaced by a number, in place, without encoding
 * anything anew. The request that the returned function gives is good until it is called again.
 */
export function numberedRequest(headers, body) {
  const bytes = Buffer.from(body)
  const place = bytes.indexOf(numberPlace)
  if (place === -1) throw new Error(`the body has no place for a number: ${numberPlace}`)
  const contentHeaders = { 'content-type': 'application/json', 'content-length': bytes.length }
  const request = encodeRequest({ ...headers, ...contentHeaders }, bytes)
  const at = request.bytes.length - bytes.length + place
  return (number) => {
    request.bytes.write(String(number).padStart(digits, '0'), at, 'latin1')
    return request
  }
}
