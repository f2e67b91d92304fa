import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'
import { isObject, listAt, objectAt } from '../values/read.ts'

const flat = 'resource.k8s.io/v1beta1'

/**
 * ResourceClaim, ResourceClaimTemplate and ResourceSlice between v1beta1 and the later versions, which wrap the exact
 * form of a request in `exactly` and unwrap the `basic` form of a device.
 */
export function convertDynamicResource(object: KubeObject, apiVersion: string): KubeObject {
  const result: KubeObject = { ...object, apiVersion }
  if (object.apiVersion !== flat && apiVersion !== flat) return result
  const toFlat = apiVersion === flat
  const spec = objectAt(object, 'spec')
  if (object.kind === 'ResourceSlice') result['spec'] = withList(spec, 'devices', toFlat ? wrapBasic : unwrapBasic)
  else if (object.kind === 'ResourceClaim') result['spec'] = claimSpec(spec, toFlat)
  else result['spec'] = { ...spec, spec: claimSpec(objectAt(spec, 'spec'), toFlat) }
  return result
}

function claimSpec(spec: JsonObject, toFlat: boolean): JsonObject {
  if (!isObject(spec['devices'])) return spec
  return { ...spec, devices: withList(spec['devices'], 'requests', toFlat ? unwrapExactly : wrapExactly) }
}

function withList(object: JsonObject, key: string, change: (item: JsonObject) => JsonObject): JsonObject {
  if (!Array.isArray(object[key])) return object
  return { ...object, [key]: listAt(object, key).map((item): JsonValue => (isObject(item) ? change(item) : item)) }
}

function wrapExactly({ name, firstAvailable, ...exactly }: JsonObject): JsonObject {
  const wrapped = Array.isArray(firstAvailable) && firstAvailable.length > 0 ? { firstAvailable } : { exactly }
  return { ...(name === undefined ? undefined : { name }), ...wrapped }
}

function unwrapExactly({ name, exactly, firstAvailable }: JsonObject): JsonObject {
  const deviceClassName = isObject(exactly) ? undefined : { deviceClassName: '' }
  return {
    ...(name === undefined ? undefined : { name }),
    ...deviceClassName,
    ...(isObject(exactly) ? exactly : undefined),
    ...(firstAvailable === undefined ? undefined : { firstAvailable }),
  }
}

function wrapBasic({ name, ...basic }: JsonObject): JsonObject {
  return { ...(name === undefined ? undefined : { name }), basic }
}

function unwrapBasic({ name, basic }: JsonObject): JsonObject {
  return { ...(name === undefined ? undefined : { name }), ...(isObject(basic) ? basic : undefined) }
}
