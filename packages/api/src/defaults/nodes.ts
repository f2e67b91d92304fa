import { deepCopy } from '@fairlead/apimachinery'
import { type DefaultsTable, inTurn } from './lacking.ts'
import { rounding } from './resource-list.ts'

/** A node gives all it has to pods, unless it says otherwise. */
export const nodeDefaults: DefaultsTable = {
  'io.k8s.api.core.v1.NodeStatus': inTurn(rounding('capacity', 'allocatable'), ({ capacity, allocatable }) =>
    allocatable === undefined && capacity !== undefined ? { allocatable: deepCopy(capacity) } : undefined,
  ),
}
