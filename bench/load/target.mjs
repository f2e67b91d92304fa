/**
 * A server to load: `url`, and as PEM texts `ca`, `cert`, `key`, or a bearer `token`. It travels between processes, so
 * it holds plain data only.
 */

/** The headers of a request as client-go sends them. */
export function requestHeaders(target, { method, path, accept = 'application/json', headers = {} }) {
  return {
    ':method': method,
    ':path': path,
    ':scheme': 'https',
    ':authority': new URL(target.url).host,
    accept,
    'user-agent': 'fairlead-bench/1.0',
    ...(target.token === undefined ? {} : { authorization: `Bearer ${target.token}` }),
    ...headers,
  }
}

/** Throws unless the target is this machine: load is never sent anywhere else. */
export function requireLoopback(url) {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:' || !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new Error(`${url}: load is sent to https://127.0.0.1 only`)
  }
}
