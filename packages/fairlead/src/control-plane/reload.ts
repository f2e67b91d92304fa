import { readFile } from 'node:fs/promises'
import type { Clock } from '@fairlead/apimachinery'
import { authenticateTokenFile, type Listener, type TlsSettings, type TokenAuthenticator } from '@fairlead/apiserver'
import { readFlagFile } from '../files/read-flag-file.ts'
import type { Logger } from '../logging/logger.ts'
import type { ServingFiles } from './serving-settings.ts'
import type { TrustedAuthorities } from './trusted-authorities.ts'

/** How often files are read again, in milliseconds. */
export const reloadInterval = 10_000

interface Tools {
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Reads files again and again, and applies them when their content has changed. When they cannot be read or applied, what
 * was applied last stays, and the reason is logged once. Returns how to stop.
 */
export function followFiles(
  paths: readonly string[],
  apply: (contents: readonly string[]) => void,
  { clock, logger }: Tools,
): () => void {
  let seen: string | undefined
  let stopped = false
  let cancel: (() => void) | undefined
  const look = async (): Promise<void> => {
    const contents = await Promise.all(paths.map((path) => readFile(path, 'utf8'))).catch((error: Error) => error)
    const state = contents instanceof Error ? contents.message : JSON.stringify(contents)
    if (stopped || state === seen) return
    const first = seen === undefined
    seen = state
    try {
      if (contents instanceof Error) throw contents
      apply(contents)
      if (!first) logger.info({ files: paths }, 'files have changed and are read again')
    } catch (error) {
      logger.error({ files: paths, err: error }, 'files have changed and cannot be used; the old ones stay')
    }
  }
  const tick = (): void => {
    void look().finally(() => {
      if (!stopped) cancel = clock.after(reloadInterval, tick)
    })
  }
  tick()
  return () => {
    stopped = true
    cancel?.()
  }
}

/** The tokens of a file, as it stands now and as it changes. */
export async function followTokenFile(
  path: string,
  tools: Tools,
): Promise<{ readonly tokens: TokenAuthenticator; stop(): void }> {
  let current = authenticateTokenFile(await readFlagFile('--token-auth-file', path))
  const stop = followFiles(
    [path],
    ([text = '']) => {
      current = authenticateTokenFile(text)
    },
    tools,
  )
  return { tokens: (token, ...rest) => current(token, ...rest), stop }
}

/** Certificates that a listener shows and trusts, replaced together. Connections that are open keep theirs. */
export class ServedTls {
  #settings: TlsSettings
  readonly #listener: Pick<Listener, 'replaceTls'>
  readonly #followers = new Set<() => void>()

  constructor(settings: TlsSettings, listener: Pick<Listener, 'replaceTls'>) {
    this.#settings = settings
    this.#listener = listener
  }

  /** Throws when the certificates do not fit together, and changes nothing then. */
  change(changes: Partial<TlsSettings>): void {
    const settings = { ...this.#settings, ...changes }
    this.#listener.replaceTls(settings)
    this.#settings = settings
    for (const follower of this.#followers) follower()
  }

  /** PEM; what clients are shown that ask for no other name. */
  get certificate(): string {
    return this.#settings.certificate
  }

  /** Calls `follower` after every change. Returns how to stop. */
  onChange(follower: () => void): () => void {
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }
}

/** Follows everything that TLS depends on: the files of the listener, and those of the authorities that requests are checked against. */
export function followCertificates(
  files: ServingFiles,
  tls: ServedTls,
  options: Tools & {
    readonly authorities: TrustedAuthorities
    /** PEM; stays trusted whatever the file says. */
    readonly ownAuthority: string
    readonly frontProxyCaFile: string | undefined
  },
): () => void {
  const { authorities, ownAuthority, frontProxyCaFile } = options
  const stops = [
    authorities.onChange(() => tls.change({ clientCa: authorities.all })),
    followServingFiles(files, tls, {
      ...options,
      clientCa: (bundle) => authorities.replace({ client: `${bundle}\n${ownAuthority}` }),
    }),
    ...(frontProxyCaFile === undefined
      ? []
      : [followFiles([frontProxyCaFile], ([bundle]) => authorities.replace({ frontProxy: filled(bundle) }), options)]),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Follows the files that a listener's certificates were read from. `clientCa` tells what to do with a new bundle. */
function followServingFiles(
  files: ServingFiles,
  tls: ServedTls,
  options: Tools & { clientCa(bundle: string): void },
): () => void {
  const { certificate, clientCa, named } = files
  const followed = [
    ...(certificate === undefined
      ? []
      : [
          followFiles(
            [certificate.certificate, certificate.key],
            ([pem = '', key = '']) => tls.change({ certificate: filled(pem), key: filled(key) }),
            options,
          ),
        ]),
    ...(clientCa === undefined
      ? []
      : [followFiles([clientCa], ([pem = '']) => options.clientCa(filled(pem)), options)]),
    ...(named.length === 0
      ? []
      : [
          followFiles(
            named.flatMap((entry) => [entry.certificate, entry.key]),
            (contents) =>
              tls.change({
                named: named.map(({ names }, index) => ({
                  certificate: filled(contents[2 * index]),
                  key: filled(contents[2 * index + 1]),
                  names,
                })),
              }),
            options,
          ),
        ]),
  ]
  return () => {
    for (const stop of followed) stop()
  }
}

/** A file is empty while somebody writes it. */
function filled(content = ''): string {
  if (content.trim() === '') throw new Error('missing content')
  return content
}
