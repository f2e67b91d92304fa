import { Command } from 'commander'
import { type ControlPlaneOptions, defaultControlPlaneOptions } from '../control-plane/options.ts'
import { aggregationFlags } from './aggregation-flags.ts'
import { readFlagFile } from '../files/read-flag-file.ts'
import { type AuthorizationFlags, authorizationFlags, authorizationSettings } from './authorization-flags.ts'
import { apiServerFlags, certificateFlags, servingFlags } from './flags.ts'
import { type CommonFlags, controlPlaneOptions } from './flag-values.ts'
import { type NamedCertificateFlags, namedCertificateFlag, servingSettings } from './serving-flags.ts'
import { runControlPlane } from './run-control-plane.ts'

interface CertificateFlags extends NamedCertificateFlags {
  readonly tlsCertFile?: string
  readonly tlsPrivateKeyFile?: string
  readonly clientCaFile?: string
}

/** `fairlead apiserver`: the API server alone, under kube-apiserver's flag names. */
export function apiServerCommand(): Command {
  const defaults = { modes: ['AlwaysAllow'] }
  const command = new Command('apiserver').description('run an API server, with the flag names of kube-apiserver')
  const flags = [
    ...servingFlags(),
    ...certificateFlags(),
    namedCertificateFlag(),
    ...apiServerFlags({ deleteCollectionWorkers: 1 }),
    ...authorizationFlags(),
    ...aggregationFlags({ routeToEndpoints: false }),
  ]
  for (const flag of flags) command.addOption(flag)
  return command.action(async (flags: CommonFlags & AuthorizationFlags & CertificateFlags) => {
    await runControlPlane({
      options: {
        ...defaultControlPlaneOptions,
        ...controlPlaneOptions(flags),
        authorization: authorizationSettings(flags, defaults),
        ...(await givenCertificates(flags)),
        ...followedFiles(flags),
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
      ? {
          serverCertificate: {
            certificate: await readFlagFile('--tls-cert-file', tlsCertFile),
            key: await readFlagFile('--tls-private-key-file', tlsPrivateKeyFile),
          },
        }
      : {}),
    ...(clientCaFile === undefined ? {} : { clientCa: await readFlagFile('--client-ca-file', clientCaFile) }),
  }
}

/** What was read from these files is read again when they change. */
function followedFiles(flags: CommonFlags & CertificateFlags): Pick<ControlPlaneOptions, 'serving'> {
  const { tlsCertFile: certificate, tlsPrivateKeyFile: key, clientCaFile: clientCa } = flags
  return {
    serving: servingSettings(flags, {
      ...(certificate !== undefined && key !== undefined && { certificate: { certificate, key } }),
      ...(clientCa !== undefined && { clientCa }),
      named: flags.tlsSniCertKey,
    }),
  }
}
