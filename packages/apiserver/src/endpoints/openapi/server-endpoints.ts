import type { DocumentedEndpoint } from '@fairlead/openapi'

const json = ['application/json']

/** `/version`, as documents show it. */
export const documentedVersion: DocumentedEndpoint = {
  path: '/version/',
  tag: 'version',
  operationId: 'getCodeVersion',
  description: 'get the version information for this server',
  definition: 'io.k8s.apimachinery.pkg.version.Info',
  mediaTypes: json,
}

/** Where others find out how to check the tokens of service accounts. */
export const documentedTokenIssuer: readonly DocumentedEndpoint[] = [
  {
    path: '/.well-known/openid-configuration/',
    tag: 'WellKnown',
    operationId: 'getServiceAccountIssuerOpenIDConfiguration',
    description: 'get the configuration of the issuer of service account tokens',
    mediaTypes: json,
  },
  {
    path: '/openid/v1/jwks/',
    tag: 'openid',
    operationId: 'getServiceAccountIssuerOpenIDKeyset',
    description: 'get the keys that verify service account tokens',
    mediaTypes: ['application/jwk-set+json'],
  },
]
