import { Command, Option } from 'commander'
import { defaultControlPlaneOptions } from '../control-plane/options.ts'
import { apiServerFlags, servingFlags } from './flags.ts'
import { type CommonFlags, controlPlaneOptions } from './flag-values.ts'
import { runControlPlane } from './run-control-plane.ts'

/** `fairlead up`: a whole control plane with certificates and a kubeconfig of its own. */
export function upCommand(): Command {
  const command = new Command('up')
    .description('run a control plane: certificates, kubeconfig and durable storage in one folder')
    .addOption(new Option('--write-kubeconfig <path>', 'where to write the kubeconfig (default: DATA_DIR/kubeconfig)'))
  for (const flag of [...servingFlags(), ...apiServerFlags()]) command.addOption(flag)
  return command.action(async (flags: CommonFlags & { writeKubeconfig?: string }) => {
    await runControlPlane({
      options: { ...defaultControlPlaneOptions, ...controlPlaneOptions(flags) },
      logLevel: flags.logLevel,
      ...(flags.writeKubeconfig === undefined ? {} : { kubeconfigPath: flags.writeKubeconfig }),
    })
  })
}
