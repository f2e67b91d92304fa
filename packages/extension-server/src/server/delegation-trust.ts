import { type JsonObject, type KubeObject, parseJson } from '@fairlead/apimachinery'
import {
  type CertificateAuthorities,
  type FrontProxyHeaders,
  parseCertificateAuthorities,
  standardFrontProxyHeaders,
} from '@fairlead/apiserver'

/** Whom the main server trusts, as its ConfigMap `kube-system/extension-apiserver-authentication` says. */
export interface Trust {
  /** Who signs the certificates of users; absent when the main server takes none. */
  readonly users?: CertificateAuthorities
  /** Who signs the certificates of front proxies, and what they may say. */
  readonly proxies?: {
    readonly authorities: CertificateAuthorities
    readonly allowedNames: readonly string[]
    readonly headers: FrontProxyHeaders
  }
}

/** Reads the ConfigMap. Throws with the key's name when a value cannot be read. */
export function readTrust(configMap: KubeObject): Trust {
  const data = (configMap['data'] ?? {}) as JsonObject
  const users = bundle(data, 'client-ca-file')
  const authorities = bundle(data, 'requestheader-client-ca-file')
  return {
    ...(users === undefined ? {} : { users }),
    ...(authorities === undefined
      ? {}
      : {
          proxies: {
            authorities,
            allowedNames: texts(data, 'requestheader-allowed-names') ?? [],
            headers: {
              username: texts(data, 'requestheader-username-headers') ?? standardFrontProxyHeaders.username,
              uid: texts(data, 'requestheader-uid-headers') ?? [],
              group: texts(data, 'requestheader-group-headers') ?? standardFrontProxyHeaders.group,
              extraPrefix: texts(data, 'requestheader-extra-headers-prefix') ?? standardFrontProxyHeaders.extraPrefix,
            },
          },
        }),
  }
}

function bundle(data: JsonObject, key: string): CertificateAuthorities | undefined {
  const pem = data[key]
  if (typeof pem !== 'string' || pem === '') return undefined
  try {
    return parseCertificateAuthorities(pem)
  } catch (cause) {
    throw new Error(`${key} of the authentication ConfigMap: ${(cause as Error).message}`, { cause })
  }
}

function texts(data: JsonObject, key: string): readonly string[] | undefined {
  const text = data[key]
  if (typeof text !== 'string' || text === '') return undefined
  const value = parseJson(text)
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw new Error(`${key} of the authentication ConfigMap is no list of texts`)
  }
  return value
}
