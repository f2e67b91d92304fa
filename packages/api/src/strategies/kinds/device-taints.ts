import { formatTimestamp, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { StrategyContext } from '@fairlead/openapi'
import { isObject, listAt, objectAt } from '../../values/read.ts'
import { type KindRules, resetMetadata } from '../strategy-rules.ts'

/** Taints of devices know since when they are there; one that changes its effect starts anew. */
export const deviceTaintRuleRules: KindRules = {
  statusKeepsMetadata: resetMetadata,
  prepareForCreate: setTimeOfRule,
  prepareForUpdate(next, previous, context) {
    setTimeOfRule(next, context)
    const taint = objectAt(next, 'spec', 'taint')
    const stored = objectAt(previous, 'spec', 'taint')
    if (taint['effect'] === stored['effect'] || taint['timeAdded'] !== stored['timeAdded']) return
    const timeAdded = formatTimestamp(context.clock.now())
    next['spec'] = { ...objectAt(next, 'spec'), taint: { ...taint, timeAdded } }
  },
}

/** Devices of a slice may have taints of their own. */
export const resourceSliceRules: KindRules = {
  prepareForCreate: setTimesOfDevices,
  prepareForUpdate: (next, _previous, context) => setTimesOfDevices(next, context),
}

function setTimeOfRule(rule: KubeObject, context: StrategyContext): void {
  const taint = objectAt(rule, 'spec', 'taint')
  if (taint['timeAdded'] === undefined) rule['spec'] = { ...objectAt(rule, 'spec'), taint: timed(taint, context) }
}

function setTimesOfDevices(slice: KubeObject, context: StrategyContext): void {
  const devices = listAt(slice, 'spec', 'devices')
  const lacksTime = (taint: unknown) => isObject(taint) && taint['timeAdded'] === undefined
  if (!devices.some((device) => listAt(device, 'taints').some(lacksTime))) return
  const completed = devices.map((device) => {
    const taints = listAt(device, 'taints')
    if (!isObject(device) || !taints.some(lacksTime)) return device
    return { ...device, taints: taints.map((taint) => (isObject(taint) ? timed(taint, context) : taint)) }
  })
  slice['spec'] = { ...objectAt(slice, 'spec'), devices: completed }
}

function timed(taint: JsonObject, { clock }: StrategyContext): JsonObject {
  return { ...taint, timeAdded: taint['timeAdded'] ?? formatTimestamp(clock.now()) }
}
