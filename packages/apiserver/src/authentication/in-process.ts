import { inProcessUser } from '../serving/in-process.ts'
import { SocketRequest } from '../serving/socket-request.ts'
import type { RequestAuthenticator } from './authenticator.ts'

/**
 * Recognises requests whose sender is known by the way that they came: calls of the server's own process, made through a
 * transport that was given a user, and requests to an insecure port.
 */
export function authenticateInProcess(): RequestAuthenticator {
  return async (request) => {
    const user = inProcessUser(request) ?? SocketRequest.userOf(request)
    return user === undefined ? undefined : { user }
  }
}
