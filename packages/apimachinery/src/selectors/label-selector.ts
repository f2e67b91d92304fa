import { formatRequirement, type LabelRequirement, type Labels, matchesRequirement } from './label-requirement.ts'

/** A condition on the labels of an object: all its requirements hold. */
export interface LabelSelector {
  matches(labels: Labels): boolean
  /** Selects everything. */
  readonly empty: boolean
  /** In the order of their keys. */
  readonly requirements: readonly LabelRequirement[]
  /** The one value that the label must have, when the selector asks for exactly one. */
  requiresExactMatch(key: string): string | undefined
  /** The text that `parseLabelSelector` reads as this selector. The selector of nothing has no text: it is empty. */
  toString(): string
}

/** The selector with these requirements. They are taken as valid. */
export function labelSelector(requirements: readonly LabelRequirement[]): LabelSelector {
  const sorted = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return {
    requirements: sorted,
    empty: sorted.length === 0,
    matches: (labels) => sorted.every((requirement) => matchesRequirement(requirement, labels)),
    requiresExactMatch: (key) => exactValue(sorted.find((requirement) => requirement.key === key)),
    toString: () => sorted.map(formatRequirement).join(','),
  }
}

const all = labelSelector([])

const none: LabelSelector = {
  requirements: [],
  empty: false,
  matches: () => false,
  requiresExactMatch: () => undefined,
  toString: () => '',
}

/** The selector that every object matches. */
export function everything(): LabelSelector {
  return all
}

/** The selector that no object matches. */
export function nothing(): LabelSelector {
  return none
}

function exactValue(requirement: LabelRequirement | undefined): string | undefined {
  if (requirement === undefined || requirement.values.length !== 1) return undefined
  const { operator, values } = requirement
  return operator === '=' || operator === '==' || operator === 'in' ? values[0] : undefined
}
