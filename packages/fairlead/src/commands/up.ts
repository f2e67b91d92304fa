import { Command, Option } from 'commander'
import { defaultAuthorizationSettings } from '../control-plane/authorization-settings.ts'
import { defaultControlPlaneOptions } from '../control-plane/options.ts'
import { aggregationFlags } from './aggregation-flags.ts'
import { type AuthorizationFlags, authorizationFlags, authorizationSettings } from './authorization-flags.ts'
import { apiServerFlags, servingFlags } from './flags.ts'
import { type CommonFlags, controlPlaneOptions } from './flag-values.ts'
import { runControlPlane } from './run-control-plane.ts'

/** `fairlead up`: a whole control plane with certificates and a kubeconfig of its own. */
export function upCommand(): Command {
  const defaults = defaultAuthorizationSettings
  const command = new Command('up')
    .description('run a control plane: certificates, kubeconfig and durable storage in one folder')
    .addOption(new Option('--write-kubeconfig <path>', 'where to write the kubeconfig (default: DATA_DIR/kubeconfig)'))
  const controllers = new Option(
    '--controllers <list>',
    "controllers to run, comma-separated: '*' for all, NAME, -NAME; '' for none",
  ).default('*')
  const flags = [
    controllers,
    ...servingFlags(),
    ...apiServerFlags(),
    ...authorizationFlags(),
    ...aggregationFlags({ routeToEndpoints: true }),
  ]
  for (const flag of flags) command.addOption(flag)
  return command.action(
    async (flags: CommonFlags & AuthorizationFlags & { writeKubeconfig?: string; controllers: string }) => {
      await runControlPlane({
        options: {
          ...defaultControlPlaneOptions,
          ...controlPlaneOptions(flags),
          authorization: authorizationSettings(flags, defaults),
          controllers: flags.controllers.split(',').filter((name) => name !== ''),
        },
        logLevel: flags.logLevel,
        ...(flags.writeKubeconfig === undefined ? {} : { kubeconfigPath: flags.writeKubeconfig }),
      })
    },
  )
}
