import type { JsonObject } from '@fairlead/apimachinery'
import { stringAt } from '../values/read.ts'
import { always, type DefaultsTable } from './lacking.ts'

const group = 'io.k8s.api.resource.'
const onceEach = always({ allocationMultiplier: '1' })

/** Requests for devices and devices; when a taint was added is known to the strategy, which has a clock. */
export const deviceDefaults: DefaultsTable = {
  [`${group}v1.ExactDeviceRequest`]: oneDevice,
  [`${group}v1.DeviceSubRequest`]: oneDevice,
  [`${group}v1.NodeAllocatableResourceMapping`]: onceEach,
  [`${group}v1beta2.ExactDeviceRequest`]: oneDevice,
  [`${group}v1beta2.DeviceSubRequest`]: oneDevice,
  [`${group}v1beta2.NodeAllocatableResourceMapping`]: onceEach,
  // A request of v1beta1 without a class is made of subrequests.
  [`${group}v1beta1.DeviceRequest`]: (request) =>
    stringAt(request, 'deviceClassName') === '' ? undefined : oneDevice(request),
  [`${group}v1beta1.DeviceSubRequest`]: oneDevice,
  [`${group}v1beta1.NodeAllocatableResourceMapping`]: onceEach,
}

function oneDevice({ allocationMode = 'ExactCount', count }: JsonObject): JsonObject | undefined {
  if (allocationMode !== 'ExactCount') return undefined
  return count === undefined ? { allocationMode, count: 1 } : { allocationMode }
}
