import { Command, Option } from 'commander'
import { defaultAuthorizationSettings } from '../control-plane/authorization-settings.ts'
import { defaultControlPlaneOptions } from '../control-plane/options.ts'
import { aggregationFlags } from './aggregation-flags.ts'
import { type AuthorizationFlags, authorizationFlags, authorizationSettings } from './authorization-flags.ts'
import { type ControllerFlags, controllerFlags, controllerSettings } from './controller-flags.ts'
import { apiServerFlags, servingFlags } from './flags.ts'
import { type CommonFlags, controlPlaneOptions } from './flag-values.ts'
import { runControlPlane } from './run-control-plane.ts'

/** `fairlead up`: a whole control plane with certificates and a kubeconfig of its own. */
export function upCommand(): Command {
  const defaults = defaultAuthorizationSettings
  const command = new Command('up')
    .description('run a control plane: certificates, kubeconfig and durable storage in one folder')
    .addOption(new Option('--write-kubeconfig <path>', 'where to write the kubeconfig (default: DATA_DIR/kubeconfig)'))
  const flags = [
    ...controllerFlags({ leaderElect: false }),
    ...servingFlags(),
    ...apiServerFlags(defaultControlPlaneOptions),
    ...authorizationFlags(),
    ...aggregationFlags({ routeToEndpoints: true }),
  ]
  for (const flag of flags) command.addOption(flag)
  return command.action(
    async (flags: CommonFlags & AuthorizationFlags & ControllerFlags & { writeKubeconfig?: string }) => {
      await runControlPlane({
        options: {
          ...defaultControlPlaneOptions,
          ...controlPlaneOptions(flags),
          authorization: authorizationSettings(flags, defaults),
          ...controllerSettings(flags),
        },
        logLevel: flags.logLevel,
        ...(flags.writeKubeconfig === undefined ? {} : { kubeconfigPath: flags.writeKubeconfig }),
      })
    },
  )
}
