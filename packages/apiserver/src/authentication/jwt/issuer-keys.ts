import { request as httpsRequest } from 'node:https'
import { isJsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { JWTVerifyGetKey } from 'jose'
import type { JwtIssuer } from './authentication-configuration.ts'

const timeout = 30_000
const answerLimit = 1 << 20

/** Finds out from an issuer's discovery document where its keys are, and gets them when they are needed. */
export async function discoverKeys(issuer: JwtIssuer['issuer'], signal: AbortSignal): Promise<JWTVerifyGetKey> {
  const ca = issuer.certificateAuthority === '' ? undefined : issuer.certificateAuthority
  const url = issuer.discoveryUrl || `${issuer.url.replace(/\/$/, '')}/.well-known/openid-configuration`
  const response = await get(new URL(url), ca, signal)
  if (response.status !== 200) throw new Error(`oidc: ${url} answered ${response.status}`)
  const found = (await response.json()) as JsonValue
  if (!isJsonObject(found)) throw new Error('oidc: failed to decode provider discovery object')
  if (found['issuer'] !== issuer.url) {
    throw new Error(
      `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(issuer.url)} got ${JSON.stringify(found['issuer'])}`,
    )
  }
  const jwksUri = found['jwks_uri']
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) throw new Error('provider did not return JWKS URL')
  const { createRemoteJWKSet, customFetch } = await import('jose')
  return createRemoteJWKSet(new URL(jwksUri), {
    timeoutDuration: timeout,
    [customFetch]: (where: string, options: { readonly signal: AbortSignal }) =>
      get(new URL(where), ca, options.signal),
  })
}

/** The platform's own fetch cannot be told which authorities to trust. */
async function get(url: URL, ca: string | undefined, signal: AbortSignal): Promise<Response> {
  if (url.protocol !== 'https:') throw new Error(`oidc: ${url.href} is not reached over https`)
  return await new Promise((resolve, reject) => {
    const call = httpsRequest(
      url,
      {
        agent: false,
        headers: { accept: 'application/json', 'user-agent': 'fairlead' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        ...(ca === undefined ? {} : { ca }),
      },
      (incoming) => {
        const chunks: Buffer[] = []
        let size = 0
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > answerLimit) call.destroy(new Error(`oidc: the answer of ${url.href} is too large`))
          else chunks.push(chunk)
        })
        incoming.on('error', reject)
        incoming.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 500 })))
      },
    )
    call.on('error', reject)
    call.end()
  })
}
