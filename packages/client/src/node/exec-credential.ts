import { execFile } from 'node:child_process'
import { type Clock, isJsonObject, parseJson } from '@fairlead/apimachinery'
import type { ClusterAccess, ExecConfig } from './kubeconfig.ts'

/** What a credential command has given. */
export interface ExecCredential {
  readonly token?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  /** Milliseconds since the epoch; absent means until the server refuses it. */
  readonly expires?: number
}

const versions: ReadonlySet<string> = new Set([
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
])

/** Runs the command of a user whenever its credential is missing or over; calls at the same time share one run. */
export function execCredentials(
  access: ClusterAccess & { readonly exec: ExecConfig },
  clock: Clock,
): { get(): Promise<ExecCredential>; forget(): void } {
  const { exec } = access
  if (!versions.has(exec.apiVersion)) throw new Error(`exec plugin: invalid apiVersion "${exec.apiVersion}"`)
  if (exec.command === '') throw new Error('exec plugin: no command')
  let current: Promise<ExecCredential> | undefined
  return {
    async get() {
      const asked = current
      const known = await asked?.catch(() => undefined)
      if (known !== undefined && (known.expires === undefined || known.expires > clock.now())) return known
      // Whoever waited for the same run shares the next one.
      if (current === asked || current === undefined) current = runCommand(access)
      return await current
    },
    forget() {
      current = undefined
    },
  }
}

async function runCommand(access: ClusterAccess & { readonly exec: ExecConfig }): Promise<ExecCredential> {
  const { exec } = access
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo ? { cluster: clusterInfo(access) } : {}),
    },
  }
  const env = {
    ...process.env,
    ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  }
  const output = await new Promise<string>((resolve, reject) => {
    execFile(exec.command, [...exec.args], { env, timeout: 60_000 }, (error, stdout) => {
      // The output may hold a credential, so that only the command is named.
      if (error)
        reject(new Error(`exec plugin: ${exec.command} failed with ${error.code ?? error.signal ?? 'an error'}`))
      else resolve(stdout)
    })
  })
  return parseCredential(output, exec)
}

/** What JSON leaves out is undefined here. */
function clusterInfo({ server, tlsServerName, insecureSkipTlsVerify, certificateAuthority, proxyUrl }: ClusterAccess) {
  return {
    server,
    'tls-server-name': tlsServerName,
    'insecure-skip-tls-verify': insecureSkipTlsVerify,
    'certificate-authority-data':
      certificateAuthority === undefined ? undefined : Buffer.from(certificateAuthority).toString('base64'),
    'proxy-url': proxyUrl,
  }
}

function parseCredential(output: string, { command, apiVersion }: ExecConfig): ExecCredential {
  let parsed: unknown
  try {
    parsed = parseJson(output)
  } catch {
    throw new Error(`exec plugin: the output of ${command} is no JSON`)
  }
  const credential = isJsonObject(parsed as never) ? (parsed as Record<string, unknown>) : {}
  if (credential['kind'] !== 'ExecCredential' || credential['apiVersion'] !== apiVersion) {
    throw new Error(`exec plugin: ${command} gave no ExecCredential of ${apiVersion}`)
  }
  const status = (credential['status'] ?? {}) as Record<string, unknown>
  const text = (name: string): string | undefined =>
    typeof status[name] === 'string' && status[name] !== '' ? (status[name] as string) : undefined
  const token = text('token')
  const clientCertificate = text('clientCertificateData')
  const clientKey = text('clientKeyData')
  const expires = Date.parse(text('expirationTimestamp') ?? '')
  if (token === undefined && (clientCertificate === undefined || clientKey === undefined)) {
    throw new Error(`exec plugin: ${command} gave neither a token nor a certificate with its key`)
  }
  return {
    ...(token === undefined ? {} : { token }),
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(clientKey === undefined ? {} : { clientKey }),
    ...(Number.isNaN(expires) ? {} : { expires }),
  }
}
