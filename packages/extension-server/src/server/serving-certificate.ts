import { X509Certificate } from 'node:crypto'
import type { Clock } from '@fairlead/apimachinery'
import { createAuthority, issueCertificate, type KeyPair } from '@fairlead/apiserver'

/** The certificate that a server shows, and who signed it, which the APIService gets as its caBundle. */
export interface ServingCertificate {
  /** PEM; undefined leaves clients to the roots that they know. */
  authority(): string | undefined
  current(): KeyPair
  stop(): void
}

const day = 24 * 60 * 60 * 1000
const authorityDays = 3650
const certificateDays = 90
/** Certificates are valid a little before they are made, for clocks that are late. */
const slack = 60 * 60 * 1000

/** Makes both, and a new certificate when two thirds of the old one's time are over; `onRenewal` is told then. */
export async function createServingCertificate(options: {
  readonly commonName: string
  readonly hosts: readonly string[]
  readonly clock: Clock
  onRenewal(): void
  onError(error: unknown): void
}): Promise<ServingCertificate> {
  const { commonName, hosts, clock } = options
  const span = (days: number) => ({
    notBefore: new Date(clock.now() - slack),
    notAfter: new Date(clock.now() + days * day),
  })
  const made = span(authorityDays)
  const authority = await createAuthority(`${commonName}-ca`, made.notBefore, made.notAfter)
  const issue = () => issueCertificate(authority, { commonName, usage: 'server', hosts, ...span(certificateDays) })
  let current = await issue()
  // A long timer would overflow; once a day is often enough for certificates that last ninety.
  let cancel = clock.after(day, look)
  function look(): void {
    const left = Date.parse(new X509Certificate(current.certificate).validTo) - clock.now()
    if (left < (certificateDays * day) / 3) renew()
    cancel = clock.after(day, look)
  }
  function renew(): void {
    issue().then((pair) => {
      current = pair
      options.onRenewal()
    }, options.onError)
  }
  return { authority: () => authority.certificate, current: () => current, stop: () => cancel() }
}
