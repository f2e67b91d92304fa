import { connect, type ClientHttp2Session } from 'node:http2'
import { systemClock } from '@fairlead/apimachinery'
import {
  allowMasters,
  alwaysAllow,
  createApiServer,
  type PartialHandler,
  type RequestAuthenticator,
  unionAuthorizer,
  type UserInfo,
} from '@fairlead/apiserver'
import type { TestAuthority } from './authority.ts'

/** A real API server in front, with the handlers of a test. */
export interface Front {
  readonly port: number
  readonly ca: string
  http2(): ClientHttp2Session
  /** Ends as a server does that is asked to. */
  shutDown(): Promise<void>
  close(): Promise<void>
}

export interface FrontOptions {
  readonly authority: TestAuthority
  readonly handlers: readonly PartialHandler[]
  /** Who every request is from. */
  readonly user?: () => UserInfo
  readonly requestTimeout?: number
  readonly log?: (message: string, error: unknown) => void
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const user = options.user ?? (() => ({ name: 'alice', groups: ['developers', 'system:authenticated'] }))
  const authenticate: RequestAuthenticator = async () => ({ user: user() })
  const certificate = await options.authority.issue({ commonName: 'front', usage: 'server', names: ['127.0.0.1'] })
  const server = createApiServer({
    handlers: options.handlers,
    clock: systemClock,
    log: { error: (message, { error }) => options.log?.(message, error) },
    authenticate,
    authorizer: unionAuthorizer([allowMasters, alwaysAllow]),
    inFlightLimits: { readOnly: 0, mutating: 0 },
    ...(options.requestTimeout === undefined ? {} : { requestTimeout: options.requestTimeout }),
  })
  const listener = await server.listen({
    host: '127.0.0.1',
    port: 0,
    tls: certificate,
  })
  const sessions = new Set<ClientHttp2Session>()
  return {
    port: listener.port,
    ca: options.authority.certificate,
    http2() {
      const session = connect(`https://127.0.0.1:${listener.port}`, { ca: options.authority.certificate })
      session.on('error', () => undefined)
      sessions.add(session)
      return session
    },
    shutDown: () => server.shutDown({ requestGrace: 1_000, watchGrace: 5_000 }),
    async close() {
      for (const session of sessions) session.destroy()
      await server.shutDown({ requestGrace: 0, watchGrace: 0 })
    },
  }
}
