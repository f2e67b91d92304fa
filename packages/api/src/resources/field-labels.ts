import { badRequest, formatGroupVersion, quote } from '@fairlead/apimachinery'

/** What field selectors a kind accepts, and what they say of others. */
interface FieldLabels {
  /** Accepted labels, each with the key in `selectableFields` that it means. */
  readonly labels: ReadonlyMap<string, string>
  message(label: string, apiVersion: string): string
}

const nameOnly = ['metadata.name']
const nameAndNamespace = ['metadata.name', 'metadata.namespace']
const unsupported = (label: string): string => `field label not supported: ${label}`

const involvedFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

/** Kinds with labels of their own, by `group/Kind`. Those without know only name and namespace. */
const special: Readonly<Record<string, FieldLabels>> = {
  '/Pod': plain(
    [
      ...nameAndNamespace,
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
    ],
    { 'spec.host': 'spec.nodeName' },
  ),
  '/Node': plain([...nameOnly, 'spec.unschedulable']),
  '/Namespace': plain([...nameOnly, 'status.phase']),
  '/Secret': plain([...nameAndNamespace, 'type']),
  '/Service': plain([...nameAndNamespace, 'spec.clusterIP', 'spec.type']),
  '/ReplicationController': plain([...nameAndNamespace, 'status.replicas']),
  '/Event': plain([
    ...nameAndNamespace,
    ...involvedFields.map((field) => `involvedObject.${field}`),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ]),
  'events.k8s.io/Event': plain([...nameAndNamespace, 'reason', 'type'], {
    ...Object.fromEntries(involvedFields.map((field) => [`regarding.${field}`, `involvedObject.${field}`])),
    reportingController: 'reportingComponent',
  }),
  'batch/Job': {
    ...plain([...nameAndNamespace, 'status.successful']),
    message: (label) => `field label ${quote(label)} not supported for Job`,
  },
  'certificates.k8s.io/CertificateSigningRequest': plain([...nameOnly, 'spec.signerName']),
  'certificates.k8s.io/ClusterTrustBundle': plain([...nameOnly, 'spec.signerName']),
  'certificates.k8s.io/PodCertificateRequest': plain([...nameOnly, 'spec.signerName', 'spec.podName', 'spec.nodeName']),
  'resource.k8s.io/ResourceSlice': {
    ...plain([...nameOnly, 'spec.nodeName', 'spec.driver']),
    message: (label, apiVersion) => `field label not supported for ${apiVersion}, Kind=ResourceSlice: ${label}`,
  },
}

const common: FieldLabels = {
  ...plain(nameAndNamespace),
  message: (label) => `${quote(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
}

/** `ResourceVersion.fieldLabel` of a kind in one version. */
export function fieldLabels(kind: {
  readonly group: string
  readonly version: string
  readonly kind: string
}): (label: string) => string {
  const { labels, message } = special[`${kind.group}/${kind.kind}`] ?? common
  return (label) => {
    const key = labels.get(label)
    if (key === undefined) throw badRequest(message(label, formatGroupVersion(kind)))
    return key
  }
}

/** `labels` mean themselves, `renamed` mean another key. */
function plain(labels: readonly string[], renamed: Readonly<Record<string, string>> = {}): FieldLabels {
  const own = labels.map((label) => [label, label] as const)
  return { labels: new Map([...own, ...Object.entries(renamed)]), message: unsupported }
}
