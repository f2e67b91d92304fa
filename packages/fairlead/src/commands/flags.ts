import type { Option } from 'commander'
import { auditFlags } from './audit-flags.ts'
import { authenticationFlags } from './authentication-flags.ts'
import { boolean, duration, integer, list, option } from './flag-types.ts'
import { insecureFlags, tlsFlags } from './serving-flags.ts'

/*
 * Flags that `fairlead up` and `fairlead apiserver` share. Those that kube-apiserver has too keep its names, units and
 * meaning.
 */

/** Made anew at each call: commander keeps state in options. */
export function servingFlags(): readonly Option[] {
  return [
    option('--secure-port <port>', 'port to serve HTTPS on; 0 picks a free one', integer(0, 65535)).default(6443),
    option('--bind-address <address>', 'address to listen on').default('127.0.0.1'),
    option(
      '--advertise-address <address>',
      'address that the `kubernetes` Service leads to (default: the bind address)',
    ),
    ...insecureFlags(),
    ...tlsFlags(),
    option('--data-dir <folder>', 'where certificates, the kubeconfig and the store are kept').default('.fairlead'),
    option('--storage <driver>', 'where objects are kept').choices(['lmdb', 'memory']).default('lmdb'),
    logLevelFlag(),
  ]
}

export function logLevelFlag(): Option {
  return option('--log-level <level>', 'what is logged to standard error')
    .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('warn')
}

export function apiServerFlags(defaults: { readonly deleteCollectionWorkers: number }): readonly Option[] {
  return [
    option(
      '--runtime-config <key=bool,...>',
      'versions to switch on or off, such as api/all=true or resource.k8s.io/v1beta1=true',
      list,
    ).default([]),
    option(
      '--service-cluster-ip-range <cidr,...>',
      'what Services get their addresses from, the `kubernetes` Service the first one: a range, or one of each family',
    ).default('10.0.0.0/24'),
    option('--service-node-port-range <first-last>', 'what Services get their node ports from').default('30000-32767'),
    option('--anonymous-auth <bool>', 'answer anonymous requests for health and version (default: true)', boolean),
    option('--token-auth-file <file>', 'CSV file of bearer tokens: token,user,uid[,"group1,group2"]'),
    option('--cors-allowed-origins <regex,...>', 'origins that browsers may call from', list).default([]),
    option('--max-requests-inflight <count>', 'reading requests served at once', integer(0, 1_000_000)).default(400),
    option(
      '--max-mutating-requests-inflight <count>',
      'writing requests served at once',
      integer(0, 1_000_000),
    ).default(200),
    option('--request-timeout <duration>', 'when a request that is not long-running is given up', duration).default(
      60_000,
      '1m0s',
    ),
    option(
      '--min-request-timeout <seconds>',
      'shortest time after which a watch is ended',
      integer(1, 1_000_000),
    ).default(1800),
    option('--event-ttl <duration>', 'how long events are kept', duration).default(3_600_000, '1h0m0s'),
    option(
      '--etcd-compaction-interval <duration>',
      'how often history is forgotten; it is kept for one to two intervals',
      duration,
    ).default(300_000, '5m0s'),
    option(
      '--delete-collection-workers <count>',
      'objects deleted at once by a deletecollection (1 of `apiserver` unless told)',
      integer(1, 1000),
    ).default(defaults.deleteCollectionWorkers),
    option(
      '--shutdown-delay-duration <duration>',
      'how long to go on serving after /readyz has turned',
      duration,
    ).default(0, '0s'),
    option(
      '--strict-transport-security-directives <directive,...>',
      'content of the Strict-Transport-Security header',
      list,
    ).default([]),
    ...auditFlags(),
    ...authenticationFlags(),
  ]
}

/** Flags that only `fairlead apiserver` takes: certificates that somebody else made. */
export function certificateFlags(): readonly Option[] {
  return [
    option('--tls-cert-file <file>', 'server certificate, PEM (default: made in the data folder)'),
    option('--tls-private-key-file <file>', 'key of the server certificate, PEM'),
    option(
      '--client-ca-file <file>',
      'authorities that sign client certificates, PEM (default: made in the data folder)',
    ),
  ]
}
