import { humanDuration, type KubeObject } from '@fairlead/apimachinery'
import { listAt, numberAt, stringAt } from '../values/read.ts'
import { age, condition, labelsText, name } from './cells.ts'
import { ageColumn, cellPrinter, nameColumn, type PrinterTable, text, wideText } from './printer.ts'

const bindingPrinter = cellPrinter(
  [
    nameColumn,
    text('Role', 'The role that is granted.'),
    ageColumn,
    wideText('Users', 'The users that get the role.'),
    wideText('Groups', 'The groups that get the role.'),
    wideText('ServiceAccounts', 'The service accounts that get the role.'),
  ],
  (binding, now) => [
    name(binding),
    `${stringAt(binding, 'roleRef', 'kind')}/${stringAt(binding, 'roleRef', 'name')}`,
    age(binding, now),
    subjects(binding, 'User'),
    subjects(binding, 'Group'),
    subjects(binding, 'ServiceAccount'),
  ],
)

/** Role bindings and kinds of certificates.k8s.io. */
export const accessPrinters: PrinterTable = {
  'rbac.authorization.k8s.io/RoleBinding': bindingPrinter,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingPrinter,
  'certificates.k8s.io/CertificateSigningRequest': cellPrinter(
    [
      nameColumn,
      ageColumn,
      text('SignerName', 'Who is asked to sign.'),
      text('Requestor', 'Who asks.'),
      text('RequestedDuration', 'How long the certificate should be valid.'),
      text('Condition', 'Whether the request is approved and the certificate issued.'),
    ],
    (request, now) => [
      name(request),
      age(request, now),
      stringAt(request, 'spec', 'signerName') || '<none>',
      stringAt(request, 'spec', 'username'),
      requestedDuration(request),
      requestStatus(request),
    ],
  ),
  'certificates.k8s.io/ClusterTrustBundle': cellPrinter(
    [nameColumn, text('SignerName', 'The signer that the bundle belongs to.')],
    (bundle) => [name(bundle), stringAt(bundle, 'spec', 'signerName') || '<none>'],
  ),
  'certificates.k8s.io/PodCertificateRequest': cellPrinter(
    [
      nameColumn,
      text('PodName', 'The pod that gets the certificate.'),
      text('ServiceAccountName', 'The service account of the pod.'),
      text('NodeName', 'The node of the pod.'),
      text('SignerName', 'Who is asked to sign.'),
      text('State', 'Pending, Issued, Denied or Failed.'),
      text('UnverifiedUserAnnotations', 'What the pod adds for the signer.'),
    ],
    (request) => [
      name(request),
      stringAt(request, 'spec', 'podName'),
      stringAt(request, 'spec', 'serviceAccountName'),
      stringAt(request, 'spec', 'nodeName'),
      stringAt(request, 'spec', 'signerName'),
      podCertificateState(request),
      labelsText(request, 'spec', 'unverifiedUserAnnotations'),
    ],
  ),
}

function subjects(binding: KubeObject, kind: string): string {
  return listAt(binding, 'subjects')
    .filter((subject) => stringAt(subject, 'kind') === kind)
    .map((subject) => {
      const subjectName = stringAt(subject, 'name')
      return kind === 'ServiceAccount' ? `${stringAt(subject, 'namespace')}/${subjectName}` : subjectName
    })
    .join(', ')
}

function requestedDuration(request: KubeObject): string {
  const seconds = numberAt(request, 'spec', 'expirationSeconds')
  return seconds === undefined ? '<none>' : humanDuration(seconds * 1000)
}

function requestStatus(request: KubeObject): string {
  const denied = condition(request, 'Denied') !== undefined
  const approved = condition(request, 'Approved') !== undefined
  const parts = [denied ? 'Denied' : approved ? 'Approved' : 'Pending']
  if (condition(request, 'Failed') !== undefined) parts.push('Failed')
  if (stringAt(request, 'status', 'certificate') !== '') parts.push('Issued')
  return parts.join(',')
}

function podCertificateState(request: KubeObject): string {
  const states = listAt(request, 'status', 'conditions').map((entry) => stringAt(entry, 'type'))
  return states.findLast((state) => ['Issued', 'Denied', 'Failed'].includes(state)) ?? 'Pending'
}
