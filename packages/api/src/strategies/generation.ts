import { deepEqual, type KubeObject } from '@fairlead/apimachinery'

/** When a write raises metadata.generation. */
export interface GenerationRule {
  /** What create sets; undefined leaves it absent. */
  readonly initial: number | undefined
  changed(next: KubeObject, previous: KubeObject): boolean
}

const specChanged = (next: KubeObject, previous: KubeObject): boolean => fieldChanged(next, previous, 'spec')

/** The rules by the text that the fact table has for them. */
const rules: Readonly<Record<string, GenerationRule>> = {
  spec: { initial: 1, changed: specChanged },
  'spec (starts at 0)': { initial: undefined, changed: specChanged },
  'spec or annotations': {
    initial: 1,
    changed: (next, previous) =>
      specChanged(next, previous) || !deepEqual(next.metadata.annotations ?? {}, previous.metadata.annotations ?? {}),
  },
  template: { initial: 1, changed: (next, previous) => fieldChanged(next, previous, 'template') },
  webhooks: { initial: 1, changed: (next, previous) => fieldChanged(next, previous, 'webhooks') },
  'never bumped': { initial: 1, changed: () => false },
  'any field outside metadata, or labels': {
    initial: 1,
    changed: (next, previous) =>
      Object.keys({ ...next, ...previous }).some((key) => key !== 'metadata' && fieldChanged(next, previous, key)) ||
      !deepEqual(next.metadata.labels ?? {}, previous.metadata.labels ?? {}),
  },
}

const untouched: GenerationRule = { initial: undefined, changed: () => false }

/** The rule that the fact table names; without one the server leaves the generation alone. */
export function generationRule(fact: string | undefined): GenerationRule {
  if (fact === undefined || fact === 'none') return untouched
  const rule = rules[fact]
  if (rule === undefined) throw new RangeError(`no generation rule "${fact}"`)
  return rule
}

export function setInitialGeneration(rule: GenerationRule, object: KubeObject): void {
  if (rule.initial !== undefined) object.metadata.generation = rule.initial
}

/** Raises the generation above the stored one when the rule sees a change. */
export function raiseGeneration(rule: GenerationRule, next: KubeObject, previous: KubeObject): void {
  if (rule.changed(next, previous)) next.metadata.generation = (previous.metadata.generation ?? 0) + 1
}

function fieldChanged(next: KubeObject, previous: KubeObject, key: string): boolean {
  return !deepEqual(next[key] ?? null, previous[key] ?? null)
}
