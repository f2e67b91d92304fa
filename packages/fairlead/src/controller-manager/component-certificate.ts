import { join } from 'node:path'
import type { Clock } from '@fairlead/apimachinery'
import { createAuthority, issueCertificate, type KeyPair } from '@fairlead/apiserver'
import { createServingCertificate } from '@fairlead/extension-server'
import { ensurePair, expiresAfter } from '../certificates/certificate-folder.ts'
import { ensureFolder } from '../files/ensure-folder.ts'
import type { Logger } from '../logging/logger.ts'

/** The certificate that a component shows. */
export interface ComponentCertificate {
  current(): KeyPair
  stop(): void
}

export interface ComponentCertificateOptions {
  /** Of the component, and of its files. */
  readonly name: string
  readonly hosts: readonly string[]
  readonly folder?: string
  readonly clock: Clock
  readonly logger: Logger
  onRenewal(): void
}

/**
 * A certificate signed by an authority of its own. In memory it is renewed in time; with a folder, the pair that lies there
 * is taken, and made there when it is missing or its time is over.
 */
export async function componentCertificate(options: ComponentCertificateOptions): Promise<ComponentCertificate> {
  const { name, hosts, folder, clock, logger, onRenewal } = options
  if (folder !== undefined) {
    const pair = await pairInFolder(folder, options)
    return { current: () => pair, stop() {} }
  }
  return await createServingCertificate({
    commonName: name,
    hosts,
    clock,
    onRenewal,
    onError: (error) => logger.error({ err: error }, 'the serving certificate could not be renewed'),
  })
}

const day = 24 * 60 * 60 * 1000

async function pairInFolder(folder: string, { name, hosts, clock }: ComponentCertificateOptions): Promise<KeyPair> {
  await ensureFolder(folder)
  return await ensurePair({
    path: join(folder, name),
    isGood: (certificate) => expiresAfter(certificate, clock.now()),
    async make() {
      const notBefore = new Date(clock.now() - 60 * 1000)
      const notAfter = new Date(clock.now() + 365 * day)
      const authority = await createAuthority(`${name}-ca`, notBefore, notAfter)
      const made = await issueCertificate(authority, { commonName: name, usage: 'server', hosts, notBefore, notAfter })
      return { certificate: `${made.certificate.trimEnd()}\n${authority.certificate}`, key: made.key }
    },
  })
}
