import { parseCertificateAuthorities } from '@fairlead/apiserver'
import type { ClusterAccess } from '@fairlead/client/node'
import type { ControllerEnvironment } from '@fairlead/controllers'
import { readFlagFile } from '../files/read-flag-file.ts'

/** Files with what controllers need that the API server does not tell. They are read once, as upstream reads them. */
export interface EnvironmentFiles {
  /** What clients of the API server trust it by; what the kubeconfig trusts unless told. */
  readonly rootCa?: string
}

/** Reads the files. Throws with the flag's name. */
export async function readEnvironment(
  files: EnvironmentFiles,
  { certificateAuthority }: Pick<ClusterAccess, 'certificateAuthority'>,
): Promise<ControllerEnvironment> {
  const rootCa = files.rootCa === undefined ? certificateAuthority : await readBundle('--root-ca-file', files.rootCa)
  return { ...(rootCa !== undefined && { rootCa: { current: () => rootCa, onChange: () => () => {} } }) }
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
