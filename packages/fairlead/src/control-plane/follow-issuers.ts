import { type Clock, deepEqual, type JsonValue } from '@fairlead/apimachinery'
import type { AuthenticationConfiguration, JwtAuthentication } from '@fairlead/apiserver'
import type { Logger } from '../logging/logger.ts'
import { followFiles } from './reload.ts'

/** How long the issuers of a changed file have to answer before it is given up. */
const patience = 60_000

/** What following a configuration file needs. */
export interface FollowIssuersOptions {
  /** What holds at first. */
  readonly initial: {
    readonly text: string
    readonly jwt: JwtAuthentication
    readonly configuration: AuthenticationConfiguration
  }
  /** Throws for a text that is no good configuration. */
  read(text: string): AuthenticationConfiguration
  create(configuration: AuthenticationConfiguration): JwtAuthentication
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Follows a configuration file. Other issuers take over when all of them have answered, so that a mistake in the file
 * locks nobody out who was let in before.
 */
export function followIssuers(
  path: string,
  options: FollowIssuersOptions,
): Pick<JwtAuthentication, 'authenticate' | 'close'> {
  const { initial, clock, logger } = options
  let current = initial.jwt
  let candidate: JwtAuthentication | undefined
  let text = initial.text
  const takeOver = async (next: JwtAuthentication): Promise<void> => {
    const inTime = await within(clock, patience, next.ready)
    if (candidate !== next) return
    candidate = undefined
    if (inTime) {
      current.close()
      current = next
      logger.info({ file: path }, 'authentication configuration reloaded')
      return
    }
    next.close()
    logger.error({ file: path }, 'issuers of the changed authentication configuration do not answer; the old ones stay')
  }
  const stop = followFiles(
    [path],
    ([changed = '']) => {
      if (changed === text) return
      text = changed
      const configuration = options.read(changed)
      if (!deepEqual(plain(configuration.anonymous), plain(initial.configuration.anonymous))) {
        throw new Error('anonymous: Forbidden: changed from initial configuration file')
      }
      candidate?.close()
      candidate = options.create(configuration)
      void takeOver(candidate)
    },
    options,
  )
  return {
    authenticate: (token, audiences) => current.authenticate(token, audiences),
    close() {
      stop()
      candidate?.close()
      candidate = undefined
      current.close()
    },
  }
}

function plain(anonymous: AuthenticationConfiguration['anonymous']): JsonValue {
  return anonymous === undefined ? null : { enabled: anonymous.enabled, paths: [...anonymous.paths] }
}

async function within(clock: Clock, delay: number, work: Promise<void>): Promise<boolean> {
  let cancel: (() => void) | undefined
  const limit = new Promise<boolean>((resolve) => {
    cancel = clock.after(delay, () => resolve(false))
  })
  const done = await Promise.race([work.then(() => true), limit])
  cancel?.()
  return done
}
