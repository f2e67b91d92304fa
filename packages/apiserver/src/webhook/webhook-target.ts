import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isJsonObject, type JsonObject, type JsonValue, parseYaml, quote } from '@fairlead/apimachinery'

/** The other end of a webhook, as a kubeconfig file describes it. */
export interface WebhookTarget {
  readonly url: URL
  /** PEM; the system's authorities unless told. */
  readonly ca?: string
  readonly insecure: boolean
  /** The name that the certificate must have, where it is not the host's. */
  readonly serverName?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  /** The Authorization header; asked for with every call, so that a token file may change. */
  authorization(): Promise<string | undefined>
}

/** Members of a user that name ways to get credentials which this client does not know. */
const unsupportedUser = ['exec', 'auth-provider', 'as', 'as-uid', 'as-groups', 'as-user-extra']

/** Reads the current context of a kubeconfig file. Paths in it are relative to it. Throws an Error that names the file. */
export async function readWebhookTarget(path: string): Promise<WebhookTarget> {
  try {
    const reader = new Reader(parseYaml(await readFile(path)).value, dirname(path))
    const context = reader.named('contexts', 'context', reader.text(reader.root, 'current-context'))
    const cluster = reader.named('clusters', 'cluster', reader.text(context, 'cluster'))
    const userName = reader.text(context, 'user')
    return await targetOf(reader, cluster, userName === '' ? {} : reader.named('users', 'user', userName))
  } catch (error) {
    throw new Error(`webhook configuration ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

async function targetOf(reader: Reader, cluster: JsonObject, user: JsonObject): Promise<WebhookTarget> {
  const unsupported = [
    ...unsupportedUser.filter((name) => name in user),
    ...('proxy-url' in cluster ? ['proxy-url'] : []),
  ]
  if (unsupported.length > 0) throw new Error(`${unsupported.join(', ')} is not supported here`)
  const server = reader.text(cluster, 'server')
  if (!URL.canParse(server)) throw new Error(`the server of the cluster must be a URL, but is ${quote(server)}`)
  const url = new URL(server)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`unknown scheme of ${quote(server)}`)
  const insecure = cluster['insecure-skip-tls-verify'] === true
  const ca = await reader.data(cluster, 'certificate-authority')
  if (insecure && ca !== undefined) {
    throw new Error('specifying a root certificates file with the insecure flag is not allowed')
  }
  const serverName = reader.text(cluster, 'tls-server-name')
  const clientCertificate = await reader.data(user, 'client-certificate')
  const clientKey = await reader.data(user, 'client-key')
  if ((clientCertificate === undefined) !== (clientKey === undefined)) {
    throw new Error('client-certificate and client-key go together')
  }
  return {
    url,
    insecure,
    ...(ca !== undefined && { ca }),
    ...(serverName !== '' && { serverName }),
    ...(clientCertificate !== undefined && { clientCertificate }),
    ...(clientKey !== undefined && { clientKey }),
    authorization: () => authorizationOf(reader, user),
  }
}

/** A token file counts more than a token, as in other clients, and either more than a password. */
async function authorizationOf(reader: Reader, user: JsonObject): Promise<string | undefined> {
  const tokenFile = reader.text(user, 'tokenFile')
  const token = tokenFile === '' ? reader.text(user, 'token') : (await reader.file(tokenFile)).trim()
  if (token !== '') return `Bearer ${token}`
  const username = reader.text(user, 'username')
  if (username === '') return undefined
  return `Basic ${Buffer.from(`${username}:${reader.text(user, 'password')}`).toString('base64')}`
}

/** Finds things in a kubeconfig. Never puts a value of it that may be secret into an error. */
class Reader {
  readonly root: JsonObject
  readonly #folder: string

  constructor(value: JsonValue, folder: string) {
    if (!isJsonObject(value)) throw new Error('it is no kubeconfig')
    this.root = value
    this.#folder = folder
  }

  named(list: string, member: string, name: string): JsonObject {
    const entries = this.root[list]
    const entry = Array.isArray(entries)
      ? entries.find((item) => isJsonObject(item) && item['name'] === name)
      : undefined
    const found = isJsonObject(entry) ? entry[member] : undefined
    if (!isJsonObject(found)) throw new Error(`there is no ${member} ${quote(name)}`)
    return found
  }

  text(object: JsonObject, name: string): string {
    const value = object[name]
    if (value === undefined || value === null) return ''
    if (typeof value !== 'string') throw new Error(`${name} must be a string`)
    return value
  }

  file(path: string): Promise<string> {
    return readFile(resolve(this.#folder, path), 'utf8')
  }

  /** Content that stands inline (`NAME-data`, base64) or in a file. */
  async data(object: JsonObject, name: string): Promise<string | undefined> {
    const inline = this.text(object, `${name}-data`)
    if (inline !== '') return Buffer.from(inline, 'base64').toString()
    const path = this.text(object, name)
    return path === '' ? undefined : await this.file(path)
  }
}
