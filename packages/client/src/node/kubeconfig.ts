import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { isJsonObject, type JsonObject, type JsonValue, parseYaml } from '@fairlead/apimachinery'

/** How to reach one API server, and as whom. Certificates and keys are PEM. */
export interface ClusterAccess {
  /** Such as `https://127.0.0.1:6443`, without a slash at the end. */
  readonly server: string
  readonly certificateAuthority?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly tlsServerName?: string
  /** An HTTP proxy to connect through: `http://proxy:3128`, with a name and a password if it wants them. */
  readonly proxyUrl?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly token?: string
  /** Read again for every call, since tokens in files are renewed. */
  readonly tokenFile?: string
  readonly username?: string
  readonly password?: string
  readonly exec?: ExecConfig
  /** The namespace of the context; `default` unless told. */
  readonly namespace: string
}

/** A command that gives credentials. */
export interface ExecConfig {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly provideClusterInfo: boolean
}

export interface KubeconfigOptions {
  /** The file; the files of `$KUBECONFIG`, or `~/.kube/config`, unless told. */
  readonly path?: string
  readonly context?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Reads where the current context, or the named one, leads. Throws with the file and what is wrong in it. */
export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<ClusterAccess> {
  const env = options.env ?? process.env
  const paths = options.path === undefined ? kubeconfigPaths(env) : [options.path]
  const files = await Promise.all(paths.map((path) => readConfig(path, { optional: paths.length > 1 })))
  const merged = mergeConfigs(files.filter((file) => file !== undefined))
  return resolveContext(merged, options.context, paths.join(delimiter))
}

/** The files that `$KUBECONFIG` lists, or the usual one. */
function kubeconfigPaths(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  return listed.length > 0 ? [...new Set(listed)] : [join(homedir(), '.kube', 'config')]
}

interface ConfigFile {
  readonly folder: string
  readonly config: JsonObject
}

async function readConfig(path: string, { optional }: { readonly optional: boolean }): Promise<ConfigFile | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    // Of several files, those that are not there are passed over, as client-go does.
    if (optional && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`cannot read kubeconfig ${path}: ${(cause as Error).message}`, { cause })
  }
  let value: JsonValue
  try {
    value = parseYaml(text).value
  } catch (cause) {
    throw new Error(`kubeconfig ${path}: ${(cause as Error).message}`, { cause })
  }
  if (value === null) return { folder: dirname(resolve(path)), config: {} }
  if (!isJsonObject(value)) throw new Error(`kubeconfig ${path} is no mapping`)
  if (value['kind'] !== undefined && value['kind'] !== 'Config') {
    throw new Error(`kubeconfig ${path} is of kind ${String(value['kind'])}, not Config`)
  }
  return { folder: dirname(resolve(path)), config: value }
}

interface NamedEntry {
  readonly folder: string
  readonly value: JsonObject
}

interface MergedConfig {
  readonly currentContext: string
  readonly clusters: ReadonlyMap<string, NamedEntry>
  readonly users: ReadonlyMap<string, NamedEntry>
  readonly contexts: ReadonlyMap<string, NamedEntry>
}

/** The first file that says something about a name wins. */
function mergeConfigs(files: readonly ConfigFile[]): MergedConfig {
  const named = (list: string, entry: string): ReadonlyMap<string, NamedEntry> => {
    const found = new Map<string, NamedEntry>()
    for (const { folder, config } of files) {
      for (const item of listAt(config, list)) {
        const name = textAt(item, 'name')
        if (!found.has(name)) found.set(name, { folder, value: objectAt(item, entry) })
      }
    }
    return found
  }
  return {
    currentContext: files.map(({ config }) => textAt(config, 'current-context')).find((name) => name !== '') ?? '',
    clusters: named('clusters', 'cluster'),
    users: named('users', 'user'),
    contexts: named('contexts', 'context'),
  }
}

async function resolveContext(config: MergedConfig, wanted: string | undefined, where: string): Promise<ClusterAccess> {
  const name = wanted ?? config.currentContext
  if (name === '') throw new Error(`kubeconfig ${where} has no current-context; name one`)
  const context = find(config.contexts, name, `context "${name}"`, where)
  const clusterName = textAt(context.value, 'cluster')
  const cluster = find(config.clusters, clusterName, `cluster "${clusterName}" of context "${name}"`, where)
  const userName = textAt(context.value, 'user')
  const user =
    userName === '' ? undefined : find(config.users, userName, `user "${userName}" of context "${name}"`, where)
  const server = textAt(cluster.value, 'server').replace(/\/+$/, '')
  if (!/^https?:\/\//.test(server))
    throw new Error(`kubeconfig ${where}: the server of cluster "${clusterName}" is "${server}", no URL`)
  const proxyUrl = textAt(cluster.value, 'proxy-url')
  if (proxyUrl !== '' && !(/^https?:\/\//.test(proxyUrl) && URL.canParse(proxyUrl))) {
    // The URL itself may hold a password.
    throw new Error(`kubeconfig ${where}: proxy-url of cluster "${clusterName}" is no http:// or https:// URL`)
  }
  if (user !== undefined && user.value['auth-provider'] !== undefined) {
    throw new Error(`kubeconfig ${where}: auth-provider of user "${userName}" is not supported; use exec`)
  }
  const certificateAuthority = await dataOrFile(cluster, 'certificate-authority')
  const insecure = cluster.value['insecure-skip-tls-verify'] === true
  if (insecure && certificateAuthority !== undefined) {
    throw new Error(
      `kubeconfig ${where}: certificate-authority and insecure-skip-tls-verify of cluster "${clusterName}" exclude each other`,
    )
  }
  const access = user === undefined ? {} : await userAccess(user)
  if ((access.clientCertificate === undefined) !== (access.clientKey === undefined)) {
    throw new Error(`kubeconfig ${where}: user "${userName}" needs both client-certificate and client-key, or neither`)
  }
  return given({
    server,
    certificateAuthority,
    insecureSkipTlsVerify: insecure || undefined,
    tlsServerName: textAt(cluster.value, 'tls-server-name') || undefined,
    proxyUrl: proxyUrl || undefined,
    namespace: textAt(context.value, 'namespace') || 'default',
    ...access,
  })
}

async function userAccess(user: NamedEntry): Promise<Partial<ClusterAccess>> {
  const tokenFile = textAt(user.value, 'tokenFile')
  return given({
    clientCertificate: await dataOrFile(user, 'client-certificate'),
    clientKey: await dataOrFile(user, 'client-key'),
    token: textAt(user.value, 'token') || undefined,
    tokenFile: tokenFile === '' ? undefined : inFolder(user.folder, tokenFile),
    username: textAt(user.value, 'username') || undefined,
    password: textAt(user.value, 'password') || undefined,
    exec: user.value['exec'] === undefined ? undefined : execConfig(objectAt(user.value, 'exec'), user.folder),
  })
}

function execConfig(exec: JsonObject, folder: string): ExecConfig {
  const command = textAt(exec, 'command')
  return {
    apiVersion: textAt(exec, 'apiVersion'),
    // A bare name is looked up in $PATH, anything with a slash beside the file.
    command: command.includes('/') ? inFolder(folder, command) : command,
    args: (Array.isArray(exec['args']) ? exec['args'] : []).map(String),
    env: listAt(exec, 'env').map((item) => ({ name: textAt(item, 'name'), value: textAt(item, 'value') })),
    provideClusterInfo: exec['provideClusterInfo'] === true,
  }
}

/** `NAME-data` is Base64 and stands above `NAME`, a file. */
async function dataOrFile({ folder, value }: NamedEntry, name: string): Promise<string | undefined> {
  const data = textAt(value, `${name}-data`)
  if (data !== '') return Buffer.from(data, 'base64').toString()
  const file = textAt(value, name)
  if (file === '') return undefined
  try {
    return await readFile(inFolder(folder, file), 'utf8')
  } catch (cause) {
    throw new Error(`cannot read ${name} ${file}: ${(cause as Error).message}`, { cause })
  }
}

/** Relative paths are relative to the file that names them. */
function inFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

function find(entries: ReadonlyMap<string, NamedEntry>, name: string, what: string, where: string): NamedEntry {
  const entry = entries.get(name)
  if (entry === undefined) throw new Error(`kubeconfig ${where} has no ${what}`)
  return entry
}

function listAt(object: JsonObject, key: string): readonly JsonObject[] {
  const list = object[key]
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> }

function given<T extends object>(object: T): Given<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Given<T>
}
