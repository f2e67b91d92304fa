import { Command } from 'commander'
import type { ControllerManagerOptions } from '../controller-manager/options.ts'
import { type ControllerFlags, controllerFlags, controllerSettings } from './controller-flags.ts'
import { integer, list, option, switchOption } from './flag-types.ts'
import { logLevelFlag } from './flags.ts'

interface ProcessFlags extends ControllerFlags {
  readonly kubeconfig?: string
  readonly useServiceAccountCredentials: boolean
  readonly rootCaFile?: string
  readonly serviceAccountPrivateKeyFile?: string
  readonly bindAddress: string
  readonly securePort: number
  readonly certDir?: string
  readonly authorizationAlwaysAllowPaths: readonly string[]
  readonly logLevel: string
}

/** `fairlead controllers`: the built-in controllers as a process of their own, under kube-controller-manager's flag names. */
export function controllersCommand(): Command {
  const command = new Command('controllers').description(
    'run the built-in controllers against any API server, with the flag names of kube-controller-manager',
  )
  const flags = [
    option('--kubeconfig <file>', "whose server is worked on (default: that of the pod's service account)"),
    ...controllerFlags({ leaderElect: true }),
    switchOption(
      'use-service-account-credentials',
      'each controller is a ServiceAccount of its own in kube-system, instead of whom the kubeconfig names',
    ).default(false),
    option(
      '--root-ca-file <file>',
      'what clients of the API server trust it by, PEM, for the ConfigMaps kube-root-ca.crt (default: what the kubeconfig trusts)',
    ),
    option(
      '--service-account-private-key-file <file>',
      'what signs the tokens of ServiceAccounts in Secrets, PEM (default: there are no such tokens)',
    ),
    option('--bind-address <address>', 'address to listen on').default('127.0.0.1'),
    option(
      '--secure-port <port>',
      'port to serve health, metrics and configuration on; 0 serves nothing',
      integer(0, 65535),
    ).default(10257),
    option('--cert-dir <folder>', 'where the certificate of that port is kept (default: only in memory)'),
    option(
      '--authorization-always-allow-paths <path,...>',
      'paths that everybody may read; one that ends with * stands for all that begin so (default: /healthz,/readyz,/livez)',
      list,
    ).default([]),
    logLevelFlag(),
  ]
  for (const flag of flags) command.addOption(flag)
  return command.action(async (flags: ProcessFlags) => {
    const { runControllerManager } = await import('./run-controller-manager.ts')
    await runControllerManager(optionsOf(flags), flags.logLevel)
  })
}

const healthPaths: readonly string[] = ['/healthz', '/readyz', '/livez']

function optionsOf(flags: ProcessFlags): ControllerManagerOptions {
  const { kubeconfig, securePort, bindAddress, certDir, authorizationAlwaysAllowPaths: paths } = flags
  return {
    ...controllerSettings(flags),
    ...(kubeconfig !== undefined && { kubeconfig }),
    useServiceAccountCredentials: flags.useServiceAccountCredentials,
    files: {
      ...(flags.rootCaFile !== undefined && { rootCa: flags.rootCaFile }),
      ...(flags.serviceAccountPrivateKeyFile !== undefined && {
        serviceAccountPrivateKey: flags.serviceAccountPrivateKeyFile,
      }),
    },
    ...(securePort !== 0 && {
      serving: {
        bindAddress,
        port: securePort,
        ...(certDir !== undefined && { certDir }),
        alwaysAllowPaths: paths.length > 0 ? paths : healthPaths,
      },
    }),
  }
}
