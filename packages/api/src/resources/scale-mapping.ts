import { type JsonObject, labelSelectorFromMap, labelSelectorFromObject } from '@fairlead/apimachinery'
import type { ScaleMapping } from '@fairlead/openapi'
import { at, numberAt, objectAt } from '../values/read.ts'

/** Deployments, replica sets and stateful sets: the selector is a LabelSelector. */
export const workloadScale: ScaleMapping = scaleWith((parent) => {
  const selector = at(parent, 'spec', 'selector')
  return selector === undefined || selector === null ? '' : labelSelectorFromObject(selector as JsonObject).toString()
})

/** Replication controllers: the selector is a map of labels. */
export const controllerScale: ScaleMapping = scaleWith((parent) =>
  labelSelectorFromMap(objectAt(parent, 'spec', 'selector') as Record<string, string>).toString(),
)

function scaleWith(selector: (parent: JsonObject) => string): ScaleMapping {
  return {
    replicas: (parent) => numberAt(parent, 'spec', 'replicas') ?? 1,
    statusReplicas: (parent) => numberAt(parent, 'status', 'replicas') ?? 0,
    selector,
    setReplicas(parent, replicas) {
      parent['spec'] = { ...objectAt(parent, 'spec'), replicas }
    },
  }
}
