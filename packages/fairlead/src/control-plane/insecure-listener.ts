import { type ApiServer, isLoopbackHost, unsecuredUser } from '@fairlead/apiserver'
import type { Logger } from '../logging/logger.ts'
import { urlHost } from './addresses.ts'

/** Where the insecure port is. */
export interface InsecureSettings {
  /** 0 picks a free port. */
  readonly port: number
  readonly bindAddress: string
}

/** Opens the insecure port, loudly. Throws for an address that others could reach. Answers with its URL. */
export async function listenInsecurely(server: ApiServer, settings: InsecureSettings, logger: Logger): Promise<string> {
  const { port, bindAddress: host } = settings
  if (!isLoopbackHost(host)) {
    throw new Error(
      `--insecure-bind-address ${host} is refused: whoever reaches the insecure port may do everything, so it listens on loopback only`,
    )
  }
  const listener = await server.listenPlain({ host, port, user: unsecuredUser })
  const url = `http://${urlHost(host)}:${listener.port}`
  logger.warn({ url }, 'INSECURE PORT: every program on this machine may do everything, without credentials')
  return url
}
