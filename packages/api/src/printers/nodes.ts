import type { KubeObject } from '@fairlead/apimachinery'
import { isTrueAt, listAt, stringAt, stringEntriesAt } from '../values/read.ts'
import { age, name } from './cells.ts'
import { ageColumn, cellPrinter, nameColumn, type PrinterTable, text, wideText } from './printer.ts'

const rolePrefix = 'node-role.kubernetes.io/'

/** Nodes and kinds of node.k8s.io. */
export const nodePrinters: PrinterTable = {
  Node: cellPrinter(
    [
      nameColumn,
      text('Status', 'Whether the node is ready and takes pods.'),
      text('Roles', 'The roles that labels give to the node.'),
      ageColumn,
      text('Version', 'The version of the kubelet.'),
      wideText('Internal-IP', 'The first address inside of the cluster.'),
      wideText('External-IP', 'The first address outside of the cluster.'),
      wideText('OS-Image', 'The operating system.'),
      wideText('Kernel-Version', 'The version of the kernel, and the architecture.'),
      wideText('Container-Runtime', 'The container runtime and its version.'),
    ],
    (node, now) => [
      name(node),
      statusText(node),
      roles(node).join(',') || '<none>',
      age(node, now),
      info(node, 'kubeletVersion'),
      address(node, 'InternalIP'),
      address(node, 'ExternalIP'),
      info(node, 'osImage') || '<unknown>',
      kernelText(node),
      info(node, 'containerRuntimeVersion') || '<unknown>',
    ],
  ),
  'node.k8s.io/RuntimeClass': cellPrinter(
    [nameColumn, text('Handler', 'The configuration that the container runtime uses.'), ageColumn],
    (runtimeClass, now) => [name(runtimeClass), stringAt(runtimeClass, 'handler'), age(runtimeClass, now)],
  ),
}

function info(node: KubeObject, field: string): string {
  return stringAt(node, 'status', 'nodeInfo', field)
}

function statusText(node: KubeObject): string {
  // The last one counts when a type comes more than once.
  const ready = listAt(node, 'status', 'conditions').findLast((entry) => stringAt(entry, 'type') === 'Ready')
  const status = ready === undefined ? 'Unknown' : stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady'
  return isTrueAt(node, 'spec', 'unschedulable') ? `${status},SchedulingDisabled` : status
}

function roles(node: KubeObject): readonly string[] {
  const found = new Set<string>()
  for (const [key, value] of stringEntriesAt(node, 'metadata', 'labels')) {
    if (key.startsWith(rolePrefix) && key !== rolePrefix) found.add(key.slice(rolePrefix.length))
    if (key === 'kubernetes.io/role' && value !== '') found.add(value)
  }
  return [...found].sort()
}

function address(node: KubeObject, type: string): string {
  const found = listAt(node, 'status', 'addresses').find((entry) => stringAt(entry, 'type') === type)
  return found === undefined ? '<none>' : stringAt(found, 'address')
}

function kernelText(node: KubeObject): string {
  const architecture = info(node, 'architecture')
  const kernel = info(node, 'kernelVersion') || '<unknown>'
  return architecture === '' ? kernel : `${kernel} (${architecture})`
}
