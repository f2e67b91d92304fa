import {
  aggregateRules,
  createTokenSigner,
  parseCertificateAuthorities,
  parseSigningKey,
  secretTokenClaims,
} from '@fairlead/apiserver'
import type { ClusterAccess } from '@fairlead/client/node'
import type { ControllerEnvironment, SecretTokenIssuer } from '@fairlead/controllers'
import { readFlagFile } from '../files/read-flag-file.ts'

/** Files with what controllers need that the API server does not tell. They are read once, as upstream reads them. */
export interface EnvironmentFiles {
  /** What clients of the API server trust it by; what the kubeconfig trusts unless told. */
  readonly rootCa?: string
  /** Signs the tokens of ServiceAccounts that stand in Secrets; without it there are none. */
  readonly serviceAccountPrivateKey?: string
}

/** Reads the files. Throws with the flag's name. */
export async function readEnvironment(
  files: EnvironmentFiles,
  { certificateAuthority }: Pick<ClusterAccess, 'certificateAuthority'>,
): Promise<ControllerEnvironment> {
  const rootCa = files.rootCa === undefined ? certificateAuthority : await readBundle('--root-ca-file', files.rootCa)
  const { serviceAccountPrivateKey } = files
  return {
    aggregateRules,
    ...(rootCa !== undefined && { rootCa: { current: () => rootCa, onChange: () => () => {} } }),
    ...(serviceAccountPrivateKey !== undefined && { issueSecretToken: await readIssuer(serviceAccountPrivateKey) }),
  }
}

async function readIssuer(path: string): Promise<SecretTokenIssuer> {
  const flag = '--service-account-private-key-file'
  const pem = await readFlagFile(flag, path)
  try {
    const sign = createTokenSigner(parseSigningKey(pem))
    return (serviceAccount, secret) => sign(secretTokenClaims(serviceAccount, secret))
  } catch (cause) {
    throw new Error(`${flag}: ${(cause as Error).message}`, { cause })
  }
}

async function readBundle(flag: `--${string}`, path: string): Promise<string> {
  const pem = await readFlagFile(flag, path)
  try {
    parseCertificateAuthorities(pem)
  } catch (cause) {
    throw new Error(`${flag}: ${(cause as Error).message}`, { cause })
  }
  return pem
}
