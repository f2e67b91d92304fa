import { fieldPath, internalError, invalid, invalidValue, type KubeObject } from '@fairlead/apimachinery'
import { heldNodePorts, needsHealthCheckPort, needsNodePort, portsOf, type ServiceSpec, specOf } from '@fairlead/api'
import { candidates, reservedOf } from './number-range.ts'

/** The ports of nodes that Services may have: both ends are among them. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** What node ports are taken from. */
export interface PortPool {
  readonly range: PortRange
  /** Whether a Service has a port. */
  isTaken(port: number): Promise<boolean>
  random(): number
}

/**
 * Gives a Service the node ports that it needs and does not name, in place, and checks those that it names. Ports of one
 * number, for several protocols, share a node port. Throws Invalid or InternalError.
 */
export async function assignNodePorts(
  service: KubeObject,
  previous: KubeObject | undefined,
  pool: PortPool,
): Promise<void> {
  const spec = specOf(service)
  const own = new Set(previous === undefined ? [] : heldNodePorts(previous))
  if (needsNodePort(spec)) await assignPorts(service, own, { pool, sharesNumbers: previous === undefined })
  if (!needsHealthCheckPort(spec)) return
  const asked = spec.healthCheckNodePort ?? 0
  if (asked === 0) {
    spec.healthCheckNodePort = await freePort(pool, own, 'failed to allocate a HealthCheck NodePort 0')
  } else if (!own.has(asked)) {
    const problem = await whyNot(pool, asked)
    if (problem !== undefined) {
      throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${problem}`)
    }
  }
}

async function assignPorts(
  service: KubeObject,
  own: Set<number>,
  { pool, sharesNumbers }: { readonly pool: PortPool; readonly sharesNumbers: boolean },
): Promise<void> {
  const spec = specOf(service)
  const isAutomatic = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false
  const shared = sharesNumbers ? nodePortsByNumber(spec) : undefined
  for (const [index, port] of portsOf(spec).entries()) {
    const { nodePort = 0 } = port
    if (nodePort === 0 && !isAutomatic) continue
    if (nodePort === 0) {
      port.nodePort = shared?.get(port.port) ?? (await freePort(pool, own, 'failed to allocate a nodePort'))
      shared?.set(port.port, port.nodePort)
    } else if (!own.has(nodePort)) {
      const problem = await whyNot(pool, nodePort)
      if (problem !== undefined) {
        const path = fieldPath('spec', 'ports').index(index).child('nodePort')
        const { name = '' } = service.metadata
        throw invalid({ group: '', kind: 'Service' }, name, [invalidValue(path, nodePort, problem)])
      }
      own.add(nodePort)
    }
  }
}

/** The node ports that a Service asks for, by the numbers of their ports. The first of a number counts. */
function nodePortsByNumber(spec: ServiceSpec): Map<number | undefined, number> {
  const named = portsOf(spec).flatMap(({ port, nodePort = 0 }) => (nodePort === 0 ? [] : [[port, nodePort] as const]))
  return new Map(named.reverse())
}

async function freePort({ range, isTaken, random }: PortPool, own: Set<number>, failure: string): Promise<number> {
  const size = range.last - range.first + 1
  const numbers = { size, reserved: reservedOf(size, { step: 32, maximum: 128 }) }
  for (const index of candidates(numbers, random)) {
    const port = range.first + index
    if (own.has(port) || (await isTaken(port))) continue
    own.add(port)
    return port
  }
  throw internalError(`${failure}: range is full`)
}

async function whyNot({ range: { first, last }, isTaken }: PortPool, port: number): Promise<string | undefined> {
  if (port < first || port > last) {
    return `provided port is not in the valid range. The range of valid ports is ${first}-${last}`
  }
  return (await isTaken(port)) ? 'provided port is already allocated' : undefined
}
