import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'

const unspecified: ReadonlySet<string> = new Set(['0.0.0.0', '::', ''])

/** The address that clients elsewhere reach: the one bound to or, when that is every address, the first of this host. */
export function advertisedAddress(bindAddress: string): string {
  if (!unspecified.has(bindAddress)) return isIP(bindAddress) ? bindAddress : '127.0.0.1'
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}

/** The host in the URL that the kubeconfig gets. */
export function urlHost(bindAddress: string): string {
  if (unspecified.has(bindAddress)) return '127.0.0.1'
  return isIP(bindAddress) === 6 ? `[${bindAddress}]` : bindAddress
}

/** Names and addresses under which a program that listens at `bindAddress` is called on its machine. */
export function localHosts(bindAddress: string): readonly string[] {
  const given = unspecified.has(bindAddress) ? [] : [bindAddress]
  return [...new Set(['localhost', hostname(), '127.0.0.1', '::1', ...given])]
}

/** Every name and address under which the server may be called, for its certificate. */
export function certificateHosts(options: {
  readonly bindAddress: string
  readonly advertiseAddress: string
  readonly serviceClusterIp: string
}): readonly string[] {
  return [
    ...new Set([
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      ...localHosts(options.bindAddress),
      ...localHosts(options.advertiseAddress),
      options.serviceClusterIp,
    ]),
  ]
}
