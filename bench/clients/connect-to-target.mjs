import { connectTo } from '@fairlead/client/node'

/** Fairlead's own client of a target. */
export function connectToTarget({ url, ca, cert, key, token }, namespace) {
  return connectTo({
    server: url,
    certificateAuthority: ca,
    clientCertificate: cert,
    clientKey: key,
    token,
    namespace,
  })
}
