import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, listAt, numberAt, objectAt, stringAt } from '../values/read.ts'
import { age, labelsText, listText, name, selectorText, textOr } from './cells.ts'
import { ageColumn, cellPrinter, nameColumn, type PrinterTable, text, wideText } from './printer.ts'

/** Services, endpoints and kinds of networking.k8s.io. */
export const networkingPrinters: PrinterTable = {
  Service: cellPrinter(
    [
      nameColumn,
      text('Type', 'How the service is exposed.'),
      text('Cluster-IP', 'The first address of the service inside of the cluster.'),
      text('External-IP', 'The addresses of the service outside of the cluster.'),
      text('Port(s)', 'The ports of the service.'),
      ageColumn,
      wideText('Selector', 'The labels of the pods that the service sends to.'),
    ],
    (service, now) => [
      name(service),
      stringAt(service, 'spec', 'type'),
      clusterIp(service),
      externalIp(service),
      listAt(service, 'spec', 'ports').map(portText).join(',') || '<none>',
      age(service, now),
      labelsText(service, 'spec', 'selector'),
    ],
  ),
  Endpoints: cellPrinter(
    [nameColumn, text('Endpoints', 'The first addresses and ports.'), ageColumn],
    (endpoints, now) => [name(endpoints), endpointsText(endpoints), age(endpoints, now)],
  ),
  'discovery.k8s.io/EndpointSlice': cellPrinter(
    [
      nameColumn,
      text('AddressType', 'The kind of addresses.'),
      text('Ports', 'The first ports.'),
      text('Endpoints', 'The first addresses.'),
      ageColumn,
    ],
    (slice, now) => [
      name(slice),
      stringAt(slice, 'addressType'),
      listText(listAt(slice, 'ports').map(slicePort), 3, '<unset>'),
      listText(
        listAt(slice, 'endpoints').flatMap((endpoint) => strings(listAt(endpoint, 'addresses'))),
        3,
        '<unset>',
      ),
      age(slice, now),
    ],
  ),
  'networking.k8s.io/Ingress': cellPrinter(
    [
      nameColumn,
      text('Class', 'The IngressClass that implements the ingress.'),
      text('Hosts', 'The first hosts of the rules.'),
      text('Address', 'Where the load balancer is reached.'),
      text('Ports', 'The ports that are open.'),
      ageColumn,
    ],
    (ingress, now) => [
      name(ingress),
      textOr('<none>', ingress, 'spec', 'ingressClassName'),
      hostsText(ingress),
      loadBalancerAddresses(ingress).join(','),
      listAt(ingress, 'spec', 'tls').length > 0 ? '80, 443' : '80',
      age(ingress, now),
    ],
  ),
  'networking.k8s.io/IngressClass': cellPrinter(
    [
      nameColumn,
      text('Controller', 'The controller that implements ingresses of the class.'),
      text('Parameters', 'The object that configures the controller.'),
      ageColumn,
    ],
    (ingressClass, now) => [
      isDefaultClass(ingressClass) ? `${name(ingressClass)} (default)` : name(ingressClass),
      stringAt(ingressClass, 'spec', 'controller'),
      parametersText(at(ingressClass, 'spec', 'parameters')),
      age(ingressClass, now),
    ],
  ),
  'networking.k8s.io/NetworkPolicy': cellPrinter(
    [nameColumn, text('Pod-Selector', 'The labels of the pods that the policy is for.'), ageColumn],
    (policy, now) => [name(policy), selectorText(objectAt(policy, 'spec', 'podSelector')), age(policy, now)],
  ),
  'networking.k8s.io/ServiceCIDR': cellPrinter(
    [nameColumn, text('CIDRs', 'The ranges that addresses of services come from.'), ageColumn],
    (cidr, now) => [name(cidr), strings(listAt(cidr, 'spec', 'cidrs')).join(','), age(cidr, now)],
  ),
  // One cell more than columns, as the Go server does it.
  'networking.k8s.io/IPAddress': cellPrinter(
    [nameColumn, text('ParentRef', 'The object that the address belongs to.')],
    (address, now) => [name(address), parentText(at(address, 'spec', 'parentRef')), age(address, now)],
  ),
}

function strings(values: readonly JsonValue[]): readonly string[] {
  return values.filter((value) => typeof value === 'string')
}

function clusterIp(service: KubeObject): string {
  return strings(listAt(service, 'spec', 'clusterIPs'))[0] ?? '<none>'
}

function externalIp(service: KubeObject): string {
  const external = strings(listAt(service, 'spec', 'externalIPs'))
  switch (stringAt(service, 'spec', 'type')) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>'
    case 'LoadBalancer':
      return [...loadBalancerAddresses(service), ...external].join(',') || '<pending>'
    case 'ExternalName':
      return stringAt(service, 'spec', 'externalName')
    default:
      return '<unknown>'
  }
}

/** Addresses of status.loadBalancer, sorted, each once; a hostname counts where there is no address. */
function loadBalancerAddresses(object: KubeObject): readonly string[] {
  const addresses = listAt(object, 'status', 'loadBalancer', 'ingress')
    .map((ingress) => stringAt(ingress, 'ip') || stringAt(ingress, 'hostname'))
    .filter((address) => address !== '')
  return [...new Set(addresses)].sort()
}

function portText(port: JsonValue): string {
  const nodePort = numberAt(port, 'nodePort') ?? 0
  const number = numberAt(port, 'port') ?? 0
  return `${nodePort > 0 ? `${number}:${nodePort}` : number}/${stringAt(port, 'protocol')}`
}

function endpointsText(endpoints: KubeObject): string {
  const subsets = listAt(endpoints, 'subsets')
  if (subsets.length === 0) return '<none>'
  const addresses = subsets.flatMap((subset) => {
    const ips = listAt(subset, 'addresses').map((address) => stringAt(address, 'ip'))
    const ports = listAt(subset, 'ports')
    if (ports.length === 0) return ips
    return ports.flatMap((port) => ips.map((ip) => hostPort(ip, numberAt(port, 'port') ?? 0)))
  })
  return listText(addresses, 3, '')
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function slicePort(port: JsonValue): string {
  const number = numberAt(port, 'port')
  return number === undefined ? textOr('*', port, 'name') : String(number)
}

/** Up to three hosts; the rest is counted over all rules, with and without a host. */
function hostsText(ingress: KubeObject): string {
  const rules = listAt(ingress, 'spec', 'rules')
  const hosts: string[] = []
  let more = false
  for (const rule of rules) {
    if (hosts.length === 3) more = true
    const host = stringAt(rule, 'host')
    if (!more && host !== '') hosts.push(host)
  }
  if (hosts.length === 0) return '*'
  return more ? `${hosts.join(',')} + ${rules.length - 3} more...` : hosts.join(',')
}

function isDefaultClass(ingressClass: KubeObject): boolean {
  return ingressClass.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
}

function parametersText(parameters: JsonValue | undefined): string {
  if (!isObject(parameters)) return '<none>'
  const { kind, apiGroup, name: parametersName } = parameters as Record<string, string | undefined>
  return `${kind ?? ''}${apiGroup === undefined ? '' : `.${apiGroup}`}/${parametersName ?? ''}`
}

function parentText(parent: JsonValue | undefined): string {
  if (!isObject(parent)) return '<none>'
  const group = stringAt(parent, 'group')
  const resource = stringAt(parent, 'resource')
  const namespace = stringAt(parent, 'namespace')
  const groupResource = (group === '' ? resource : `${resource}.${group}`).toLowerCase()
  return [groupResource, ...(namespace === '' ? [] : [namespace]), stringAt(parent, 'name')].join('/')
}
