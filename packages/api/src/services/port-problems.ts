import {
  duplicate,
  type FieldError,
  type FieldPath,
  fieldPath,
  forbiddenField,
  invalidValue,
  isDns1123Label,
  isQualifiedName,
  isValidPortName,
  isValidPortNumber,
  notSupported,
  required,
} from '@fairlead/apimachinery'
import { repetition } from '../values/repetition.ts'
import { portsOf, type ServicePort, type ServiceSpec } from './service.ts'

const portsPath = fieldPath('spec', 'ports')
const protocols: readonly string[] = ['SCTP', 'TCP', 'UDP']

/** What is wrong with each port of a Service by itself, and with their names. */
export function portProblems(spec: ServiceSpec): FieldError[] {
  const ports = portsOf(spec)
  const isRepeated = repetition<string>()
  return ports.flatMap((port, index) => {
    const path = portsPath.index(index)
    return [...nameProblems(port, path.child('name')), ...ownProblems(port, path)]
  })

  /** A single port needs no name. */
  function nameProblems({ name = '' }: ServicePort, path: FieldPath): FieldError[] {
    if (name === '') return ports.length > 1 ? [required(path, '')] : []
    const errors = isDns1123Label(name).map((problem) => invalidValue(path, name, problem))
    return isRepeated(name) ? [...errors, duplicate(path, name)] : errors
  }
}

function ownProblems(
  { port = 0, protocol = '', targetPort = 0, appProtocol }: ServicePort,
  path: FieldPath,
): FieldError[] {
  const errors = isValidPortNumber(port).map((problem) => invalidValue(path.child('port'), port, problem))
  if (protocol === '') errors.push(required(path.child('protocol'), ''))
  else if (!protocols.includes(protocol)) errors.push(notSupported(path.child('protocol'), protocol, protocols))
  const targetProblems = typeof targetPort === 'string' ? isValidPortName(targetPort) : isValidPortNumber(targetPort)
  errors.push(...targetProblems.map((problem) => invalidValue(path.child('targetPort'), targetPort, problem)))
  if (appProtocol !== undefined) {
    const path2 = path.child('appProtocol')
    errors.push(...isQualifiedName(appProtocol).map((problem) => invalidValue(path2, appProtocol, problem)))
  }
  return errors
}

/** What is wrong with the numbers of the ports together. */
export function portNumberProblems(spec: ServiceSpec): FieldError[] {
  const ports = portsOf(spec)
  const nodePort = (index: number) => portsPath.index(index).child('nodePort')
  const isUsed = ({ nodePort: number = 0 }: ServicePort) => number !== 0
  const errors: FieldError[] = []
  for (const [index, port] of ports.entries()) {
    if (spec.type !== 'ClusterIP' || !isUsed(port)) continue
    errors.push(forbiddenField(nodePort(index), "may not be used when `type` is 'ClusterIP'"))
  }
  const hasNodePortTwin = repetition<string>()
  for (const [index, port] of ports.entries()) {
    const isTwin = isUsed(port) && hasNodePortTwin(`${port.protocol}/${port.nodePort}`)
    if (isTwin) errors.push(duplicate(nodePort(index), port.nodePort))
  }
  const hasTwin = repetition<string>()
  for (const [index, { protocol, port }] of ports.entries()) {
    if (hasTwin(`${protocol}/${port}`)) errors.push(duplicate(portsPath.index(index), internalPort(protocol, port)))
  }
  return errors
}

/** Upstream shows the port in its internal form, with these two fields set. */
function internalPort(Protocol: string | undefined, Port: number | undefined): unknown {
  return { Name: '', Protocol, AppProtocol: null, Port, TargetPort: 0, NodePort: 0 }
}
