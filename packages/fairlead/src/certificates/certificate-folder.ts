import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '@fairlead/apimachinery'
import { createAuthority, type IssueOptions, issueCertificate, type KeyPair } from '@fairlead/apiserver'
import { ensureFolder } from '../files/ensure-folder.ts'
import { replaceFile } from './replace-file.ts'

const day = 24 * 60 * 60 * 1000

/** What a control plane of its own needs to serve TLS and to let its owner in. */
export interface Certificates {
  /** Signs the server's and the clients' certificates. */
  readonly authority: KeyPair
  readonly server: KeyPair
  /** The owner of the kubeconfig: `kubernetes-admin` in `system:masters`. */
  readonly admin: KeyPair
  /** Signs the certificates of front proxies, and nothing else. */
  readonly frontProxyAuthority: KeyPair
  /** What this server shows to extension servers when it passes requests on. */
  readonly frontProxyClient: KeyPair
}

export interface CertificateFolderOptions {
  readonly folder: string
  /** Names and addresses that the server's certificate must cover. */
  readonly hosts: readonly string[]
  readonly clock: Clock
}

/**
 * Reads the certificates in `folder`, making those that are missing, about to expire (30 days) or do not cover `hosts`.
 * The authority is made once: replacing it would invalidate every kubeconfig that trusts it. Keys are readable by their
 * owner only; files are replaced whole, so a crash leaves the old one or the new one.
 */
export async function ensureCertificates(options: CertificateFolderOptions): Promise<Certificates> {
  const { folder, hosts, clock } = options
  await ensureFolder(folder)
  const notBefore = new Date(clock.now() - 60 * 1000)
  const years = (count: number) => new Date(clock.now() + count * 365 * day)

  const root = (name: string, commonName: string) =>
    ensurePair({
      path: join(folder, name),
      isGood: (certificate) => expiresAfter(certificate, clock.now()),
      make: () => createAuthority(commonName, notBefore, years(10)),
    })
  const [authority, frontProxyAuthority] = await Promise.all([
    root('ca', 'fairlead'),
    root('front-proxy-ca', 'fairlead-front-proxy'),
  ])
  const issued = (
    name: string,
    signer: KeyPair,
    extra: Pick<IssueOptions, 'commonName' | 'organizations' | 'usage' | 'hosts'>,
  ) =>
    ensurePair({
      path: join(folder, name),
      isGood: (certificate) =>
        expiresAfter(certificate, clock.now() + 30 * day) &&
        certificate.checkIssued(new X509Certificate(signer.certificate)) &&
        covers(certificate, extra.hosts ?? []),
      make: () => issueCertificate(signer, { ...extra, notBefore, notAfter: years(1) }),
    })
  const [server, admin, frontProxyClient] = await Promise.all([
    issued('apiserver', authority, { commonName: 'kube-apiserver', usage: 'server', hosts }),
    issued('admin', authority, {
      commonName: 'kubernetes-admin',
      organizations: ['system:masters'],
      usage: 'client',
    }),
    issued('front-proxy-client', frontProxyAuthority, { commonName: 'front-proxy-client', usage: 'client' }),
  ])
  return { authority, server, admin, frontProxyAuthority, frontProxyClient }
}

export interface EnsurePairOptions {
  /** Without `.crt` and `.key`. */
  readonly path: string
  isGood(certificate: X509Certificate): boolean
  make(): Promise<KeyPair>
}

/** The pair of two files; made when one is missing, when they do not belong together, or when it is not good any more. */
export async function ensurePair({ path, isGood, make }: EnsurePairOptions): Promise<KeyPair> {
  const found = await readPair(path)
  if (found && isGood(new X509Certificate(found.certificate))) return found
  const made = await make()
  await replaceFile(`${path}.key`, made.key, 0o600)
  await replaceFile(`${path}.crt`, made.certificate, 0o644)
  return made
}

/** Undefined when a file is missing or the two do not belong together (a crash came between their writes). */
async function readPair(path: string): Promise<KeyPair | undefined> {
  const [certificate, key] = await Promise.all([readIfExists(`${path}.crt`), readIfExists(`${path}.key`)])
  if (certificate === undefined || key === undefined) return undefined
  const { createPrivateKey } = await import('node:crypto')
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export function expiresAfter(certificate: X509Certificate, time: number): boolean {
  return Date.parse(certificate.validTo) > time
}

function covers(certificate: X509Certificate, hosts: readonly string[]): boolean {
  return hosts.every((host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
}
