import type { StructDefaults } from '@fairlead/openapi'
import { admissionDefaults } from './admission.ts'
import { autoscalingDefaults } from './autoscaling.ts'
import { containerDefaults } from './containers.ts'
import { deviceDefaults } from './devices.ts'
import { flowControlDefaults } from './flow-control.ts'
import { jobDefaults } from './jobs.ts'
import type { DefaultsTable } from './lacking.ts'
import { limitDefaults } from './limits.ts'
import { networkingDefaults } from './networking.ts'
import { nodeDefaults } from './nodes.ts'
import { podDefaults } from './pods.ts'
import { serviceDefaults } from '../services/service-defaults.ts'
import { smallKindDefaults } from './small-kinds.ts'
import { storageDefaults } from './storage.ts'
import { volumeDefaults } from './volumes.ts'
import { workloadDefaults } from './workloads.ts'

/** Every definition with defaults that no schema publishes. */
export const defaultsTable: DefaultsTable = {
  ...admissionDefaults,
  ...autoscalingDefaults,
  ...containerDefaults,
  ...deviceDefaults,
  ...flowControlDefaults,
  ...jobDefaults,
  ...limitDefaults,
  ...networkingDefaults,
  ...nodeDefaults,
  ...podDefaults,
  ...serviceDefaults,
  ...smallKindDefaults,
  ...storageDefaults,
  ...volumeDefaults,
  ...workloadDefaults,
}

/** What reading a struct of a definition adds to it. */
export function computedDefaults(definition: string): StructDefaults | undefined {
  return Object.hasOwn(defaultsTable, definition) ? defaultsTable[definition] : undefined
}
