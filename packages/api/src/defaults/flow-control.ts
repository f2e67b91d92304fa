import { always, type DefaultsTable, unlessZero } from './lacking.ts'

const group = 'io.k8s.api.flowcontrol.v1.'

/** Priority and fairness. */
export const flowControlDefaults: DefaultsTable = {
  [`${group}FlowSchemaSpec`]: unlessZero({ matchingPrecedence: 1000 }),
  [`${group}LimitedPriorityLevelConfiguration`]: always({ nominalConcurrencyShares: 30, lendablePercent: 0 }),
  [`${group}ExemptPriorityLevelConfiguration`]: always({ nominalConcurrencyShares: 0, lendablePercent: 0 }),
  [`${group}QueuingConfiguration`]: unlessZero({ queues: 64, handSize: 8, queueLengthLimit: 50 }),
}
