import { inProcessUser } from '../serving/in-process.ts'
import type { RequestAuthenticator } from './authenticator.ts'

/** Recognises calls of the server's own process, made through a transport that was given a user. */
export function authenticateInProcess(): RequestAuthenticator {
  return async (request) => {
    const user = inProcessUser(request)
    return user === undefined ? undefined : { user }
  }
}
