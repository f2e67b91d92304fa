import { formatDuration, type JsonObject } from '@fairlead/apimachinery'
import type { ControllerManagerOptions } from './options.ts'

/** What `/configz` tells: the parts of upstream's configuration that there are here, by its names. */
export function shownConfiguration(options: ControllerManagerOptions): JsonObject {
  const { leaderElection, clusterSigning } = options
  return {
    'kubecontrollermanager.config.k8s.io': {
      kind: 'KubeControllerManagerConfiguration',
      apiVersion: 'kubecontrollermanager.config.k8s.io/v1alpha1',
      Generic: {
        ClientConnection: { kubeconfig: options.kubeconfig ?? '' },
        LeaderElection:
          leaderElection === undefined
            ? { leaderElect: false }
            : {
                leaderElect: true,
                leaseDuration: formatDuration(leaderElection.leaseDuration),
                renewDeadline: formatDuration(leaderElection.renewDeadline),
                retryPeriod: formatDuration(leaderElection.retryPeriod),
                resourceLock: 'leases',
                resourceName: leaderElection.name,
                resourceNamespace: leaderElection.namespace,
              },
        Controllers: [...options.controllers],
      },
      CSRSigningController: {
        ClusterSigningCertFile: clusterSigning.certFile ?? '',
        ClusterSigningKeyFile: clusterSigning.keyFile ?? '',
        ClusterSigningDuration: formatDuration(clusterSigning.longestDuration),
      },
      KubeCloudShared: { UseServiceAccountCredentials: options.useServiceAccountCredentials },
    },
  }
}
