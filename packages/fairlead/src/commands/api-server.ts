import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { type ControlPlaneOptions, defaultControlPlaneOptions } from '../control-plane/options.ts'
import { type AuthorizationFlags, authorizationFlags, authorizationSettings } from './authorization-flags.ts'
import { apiServerFlags, certificateFlags, servingFlags } from './flags.ts'
import { type CommonFlags, controlPlaneOptions } from './flag-values.ts'
import { runControlPlane } from './run-control-plane.ts'

interface CertificateFlags {
  readonly tlsCertFile?: string
  readonly tlsPrivateKeyFile?: string
  readonly clientCaFile?: string
}

/** `fairlead apiserver`: the API server alone, under kube-apiserver's flag names. */
export function apiServerCommand(): Command {
  const defaults = { modes: ['AlwaysAllow'] }
  const command = new Command('apiserver').description('run an API server, with the flag names of kube-apiserver')
  for (const flag of [...servingFlags(), ...certificateFlags(), ...apiServerFlags(), ...authorizationFlags(defaults)]) {
    command.addOption(flag)
  }
  return command.action(async (flags: CommonFlags & AuthorizationFlags & CertificateFlags) => {
    await runControlPlane({
      options: {
        ...defaultControlPlaneOptions,
        ...controlPlaneOptions(flags),
        authorization: authorizationSettings(flags, defaults),
        ...(await givenCertificates(flags)),
      },
      logLevel: flags.logLevel,
    })
  })
}

async function givenCertificates(flags: CertificateFlags): Promise<Partial<ControlPlaneOptions>> {
  const { tlsCertFile, tlsPrivateKeyFile, clientCaFile } = flags
  if ((tlsCertFile === undefined) !== (tlsPrivateKeyFile === undefined)) {
    throw new Error('--tls-cert-file and --tls-private-key-file go together')
  }
  return {
    ...(tlsCertFile !== undefined && tlsPrivateKeyFile !== undefined
      ? { serverCertificate: { certificate: await readPem(tlsCertFile), key: await readPem(tlsPrivateKeyFile) } }
      : {}),
    ...(clientCaFile === undefined ? {} : { clientCa: await readPem(clientCaFile) }),
  }
}

function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8')
}
