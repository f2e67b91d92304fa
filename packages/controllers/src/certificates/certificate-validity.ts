import { formatTimestamp } from '@fairlead/apimachinery'

const minute = 60_000
const hour = 60 * minute

/** Clocks differ: a certificate is valid a little before it is made. Less than the shortest duration. */
const backdate = 5 * minute
const shortest = 10 * minute
/** From here on the back-dating is taken off the end too. */
const long = 8 * hour

export interface ValidityQuestion {
  readonly now: number
  /** What the request asks for. */
  readonly expirationSeconds: number | undefined
  /** In milliseconds. */
  readonly longestDuration: number
  /** When the authority itself ends. */
  readonly authorityEnd: number
}

/** From when to when a certificate is valid. Throws when the authority has expired. */
export function certificateValidity(question: ValidityQuestion): {
  readonly notBefore: number
  readonly notAfter: number
} {
  const { now, authorityEnd } = question
  const notBefore = now - backdate
  if (notBefore >= authorityEnd) {
    throw new Error(`the signer has expired: NotAfter=${formatTimestamp(authorityEnd)}`)
  }
  if (now >= authorityEnd) {
    throw new Error(
      `refusing to sign a certificate that expired in the past: NotAfter=${formatTimestamp(authorityEnd)}`,
    )
  }
  const duration = grantedDuration(question)
  const end = duration < long ? now + duration : now + duration - backdate
  return { notBefore, notAfter: Math.min(end, authorityEnd) }
}

function grantedDuration({ expirationSeconds, longestDuration }: ValidityQuestion): number {
  if (expirationSeconds === undefined || expirationSeconds * 1000 > longestDuration) return longestDuration
  return Math.max(expirationSeconds * 1000, shortest)
}
