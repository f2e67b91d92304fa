import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { isTrueAt, listAt, numberAt, stringAt } from '../values/read.ts'

type Fields = Readonly<Record<string, string>>

/** Values for field selectors by `group/Kind`, from the stored form. */
const kinds: Readonly<Record<string, (object: JsonObject) => Fields>> = {
  '/Pod': (pod) => ({
    'spec.nodeName': stringAt(pod, 'spec', 'nodeName'),
    'spec.restartPolicy': stringAt(pod, 'spec', 'restartPolicy'),
    'spec.schedulerName': stringAt(pod, 'spec', 'schedulerName'),
    'spec.serviceAccountName': stringAt(pod, 'spec', 'serviceAccountName'),
    'spec.hostNetwork': flag(pod, 'spec', 'hostNetwork'),
    'status.phase': stringAt(pod, 'status', 'phase'),
    'status.podIP': podIp(pod),
    'status.nominatedNodeName': stringAt(pod, 'status', 'nominatedNodeName'),
  }),
  '/Node': (node) => ({ 'spec.unschedulable': flag(node, 'spec', 'unschedulable') }),
  '/Namespace': (namespace) => ({ 'status.phase': stringAt(namespace, 'status', 'phase') }),
  '/Secret': (secret) => ({ type: stringAt(secret, 'type') }),
  '/Service': (service) => ({
    'spec.clusterIP': stringAt(service, 'spec', 'clusterIP'),
    'spec.type': stringAt(service, 'spec', 'type'),
  }),
  '/ReplicationController': (controller) => ({ 'status.replicas': count(controller, 'status', 'replicas') }),
  '/Event': eventFields,
  'events.k8s.io/Event': eventFields,
  'batch/Job': (job) => ({ 'status.successful': count(job, 'status', 'succeeded') }),
  'certificates.k8s.io/CertificateSigningRequest': signer,
  'certificates.k8s.io/ClusterTrustBundle': signer,
  'certificates.k8s.io/PodCertificateRequest': (request) => ({
    ...signer(request),
    'spec.podName': stringAt(request, 'spec', 'podName'),
    'spec.nodeName': stringAt(request, 'spec', 'nodeName'),
  }),
  'resource.k8s.io/ResourceSlice': (slice) => ({
    'spec.nodeName': stringAt(slice, 'spec', 'nodeName'),
    'spec.driver': stringAt(slice, 'spec', 'driver'),
  }),
}

const none: Fields = {}

/** `ResourceStrategy.selectableFields` of a kind. */
export function selectableFields(group: string, kind: string): (object: KubeObject) => Fields {
  return kinds[`${group}/${kind}`] ?? (() => none)
}

function signer(object: JsonObject): Fields {
  return { 'spec.signerName': stringAt(object, 'spec', 'signerName') }
}

/** Of the stored form, which is core v1 for both groups. */
function eventFields(event: JsonObject): Fields {
  const reporter = stringAt(event, 'reportingComponent')
  return {
    'involvedObject.kind': stringAt(event, 'involvedObject', 'kind'),
    'involvedObject.namespace': stringAt(event, 'involvedObject', 'namespace'),
    'involvedObject.name': stringAt(event, 'involvedObject', 'name'),
    'involvedObject.uid': stringAt(event, 'involvedObject', 'uid'),
    'involvedObject.apiVersion': stringAt(event, 'involvedObject', 'apiVersion'),
    'involvedObject.resourceVersion': stringAt(event, 'involvedObject', 'resourceVersion'),
    'involvedObject.fieldPath': stringAt(event, 'involvedObject', 'fieldPath'),
    reason: stringAt(event, 'reason'),
    reportingComponent: reporter,
    source: stringAt(event, 'source', 'component') || reporter,
    type: stringAt(event, 'type'),
  }
}

/** The first of the pod's addresses; the single-address field is kept in step with it by whoever writes the status. */
function podIp(pod: JsonObject): string {
  const first = listAt(pod, 'status', 'podIPs')[0]
  return first === undefined ? stringAt(pod, 'status', 'podIP') : stringAt(first, 'ip')
}

function count(value: unknown, ...path: readonly string[]): string {
  return String(numberAt(value, ...path) ?? 0)
}

function flag(value: unknown, ...path: readonly string[]): string {
  return String(isTrueAt(value, ...path))
}
