import type { EndpointBatchPeriods } from '@fairlead/controllers'
import type { Option } from 'commander'
import { duration, option } from './flag-types.ts'

/** What commander makes of the flags. */
export interface EndpointFlags {
  readonly endpointUpdatesBatchPeriod: number
  readonly endpointsliceUpdatesBatchPeriod: number
  readonly mirroringEndpointsliceUpdatesBatchPeriod: number
}

/** The flags of the controllers of endpoints: fewer writes, which come later. */
export function endpointFlags(): readonly Option[] {
  const period = (flag: string, description: string): Option =>
    option(`--${flag}-updates-batch-period <duration>`, description, duration).default(0, '0s')
  return [
    period('endpoint', 'for how long changes of pods are collected before Endpoints are written'),
    period('endpointslice', 'for how long changes of pods are collected before EndpointSlices are written'),
    period('mirroring-endpointslice', 'for how long changes of EndpointSlices that mirror Endpoints are collected'),
  ]
}

export function endpointBatchPeriods(flags: EndpointFlags): EndpointBatchPeriods {
  return {
    endpoints: flags.endpointUpdatesBatchPeriod,
    endpointSlices: flags.endpointsliceUpdatesBatchPeriod,
    mirroring: flags.mirroringEndpointsliceUpdatesBatchPeriod,
  }
}
