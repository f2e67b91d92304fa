import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

test.each<[string, JsonObject, JsonObject]>([
  ['FlowSchemaSpec', {}, { priorityLevelConfiguration: { name: '' }, matchingPrecedence: 1000 }],
  ['FlowSchemaSpec', { matchingPrecedence: 1 }, { priorityLevelConfiguration: { name: '' }, matchingPrecedence: 1 }],
  ['PriorityLevelConfigurationSpec', { type: 'Limited' }, { type: 'Limited' }],
  [
    'PriorityLevelConfigurationSpec',
    { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } },
    {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 30,
        limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        lendablePercent: 0,
      },
    },
  ],
  [
    'PriorityLevelConfigurationSpec',
    {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 0,
        lendablePercent: 5,
        limitResponse: { type: 'Queue', queuing: { queues: 1, handSize: 2, queueLengthLimit: 3 } },
      },
    },
    {
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 0,
        limitResponse: { type: 'Queue', queuing: { queues: 1, handSize: 2, queueLengthLimit: 3 } },
        lendablePercent: 5,
      },
    },
  ],
  [
    'PriorityLevelConfigurationSpec',
    { type: 'Exempt', exempt: {} },
    { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  ],
])('%s %j', (name, body, expected) => {
  expectRead(`flowcontrol.v1.${name}`, body, expected)
})
