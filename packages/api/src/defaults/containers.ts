import type { JsonObject } from '@fairlead/apimachinery'
import { isObject, stringAt } from '../values/read.ts'
import { imagePullPolicy } from './image-pull-policy.ts'
import { always, type DefaultsTable } from './lacking.ts'
import { rounding } from './resource-list.ts'

const core = 'io.k8s.api.core.v1.'

/** Containers of every kind of pod and template. The protocol of ports and the service of gRPC probes are published. */
export const containerDefaults: DefaultsTable = {
  [`${core}Container`]: container,
  [`${core}EphemeralContainer`]: container,
  [`${core}Probe`]: always({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  [`${core}HTTPGetAction`]: always({ path: '/', scheme: 'HTTP' }),
  [`${core}ObjectFieldSelector`]: always({ apiVersion: 'v1' }),
  [`${core}ResourceRequirements`]: rounding('limits', 'requests'),
  [`${core}ContainerStatus`]: rounding('allocatedResources'),
}

function container(object: JsonObject): JsonObject | undefined {
  const { terminationMessagePath, terminationMessagePolicy, imagePullPolicy: pullPolicy } = object
  if (terminationMessagePath !== undefined && terminationMessagePolicy !== undefined && pullPolicy !== undefined) {
    return undefined
  }
  return {
    terminationMessagePath: terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: terminationMessagePolicy ?? 'File',
    imagePullPolicy: pullPolicy ?? imagePullPolicy(stringAt(object, 'image')),
  }
}

/** A list of containers with `change` made to each; undefined when it changes none. */
export function changedContainers(
  containers: unknown,
  change: (container: JsonObject) => JsonObject | undefined,
): JsonObject[] | undefined {
  if (!Array.isArray(containers)) return undefined
  const changed = containers.map((entry) => (isObject(entry) ? change(entry) : undefined))
  if (changed.every((entry) => entry === undefined)) return undefined
  return containers.map((entry, index) => changed[index] ?? entry)
}
