import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { controllerOf, TerminalError, withControllerReference } from '@fairlead/controller-runtime'

/** The label by which a Deployment asks for a PodDisruptionBudget: how many of its Pods must stay. */
export const minAvailableLabel = 'sample.fairlead.dev/min-available'

export interface Deployment extends KubeObject {
  readonly spec: { readonly selector: JsonObject }
}

export interface DisruptionBudget extends KubeObject {
  readonly spec: { readonly minAvailable?: number | string; readonly selector?: JsonObject }
}

/** What there is to do about the budget of a Deployment. */
export type Plan =
  | { readonly verb: 'create' | 'update' | 'delete'; readonly budget: DisruptionBudget }
  | { readonly verb: 'nothing' }

/**
 * Compares the budget that there is with the one that a Deployment asks for. Throws a TerminalError, which no further try
 * would mend, when the label is no number or the budget is somebody else's.
 */
export function plan(deployment: Deployment, existing: DisruptionBudget | undefined): Plan {
  const { metadata, spec } = deployment
  const label = metadata.labels?.[minAvailableLabel]
  const isOurs = existing !== undefined && controllerOf(existing)?.uid === metadata.uid
  // What a Deployment owns goes with it.
  if (metadata.deletionTimestamp !== undefined) return { verb: 'nothing' }
  if (label === undefined) return isOurs ? { verb: 'delete', budget: existing } : { verb: 'nothing' }
  if (!/^\d+$/.test(label)) throw new TerminalError(`${minAvailableLabel} is "${label}", not a number`)
  const wanted = { minAvailable: Number(label), selector: spec.selector }
  if (existing === undefined) {
    const budget: DisruptionBudget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace: metadata.namespace ?? '', name: metadata.name ?? '' },
      spec: wanted,
    }
    return { verb: 'create', budget: withControllerReference(budget, deployment) }
  }
  if (!isOurs) throw new TerminalError(`the PodDisruptionBudget ${metadata.name} belongs to somebody else`)
  const { minAvailable, selector } = existing.spec
  if (JSON.stringify({ minAvailable, selector }) === JSON.stringify(wanted)) return { verb: 'nothing' }
  return { verb: 'update', budget: { ...existing, spec: { ...existing.spec, ...wanted } } }
}
