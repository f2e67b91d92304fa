import { formatTimestamp, type JsonObject, type JsonValue, type KubeObject } from '@fairlead/apimachinery'
import type { StrategyContext } from '@fairlead/openapi'
import { listAt, objectAt, stringAt } from '../../values/read.ts'
import { restoreAllBut } from '../restore.ts'
import type { KindRules } from '../strategy-rules.ts'
import { approvalErrors, signingStatusErrors } from './certificate-signing-request-status.ts'
import { signingRequestErrors } from './certificate-signing-request-spec.ts'

/** A signing request states who made it; only its endpoints for approval and status change it afterwards. */
export const certificateSigningRequestRules: KindRules = {
  validateName: () => [],
  prepareForCreate(request, { user }) {
    const { uid: _uid, groups: _groups, extra: _extra, username: _username, ...spec } = objectAt(request, 'spec')
    request['spec'] = {
      ...spec,
      ...(user.name === '' ? undefined : { username: user.name }),
      ...(user.uid === undefined || user.uid === '' ? undefined : { uid: user.uid }),
      ...(user.groups.length === 0 ? undefined : { groups: [...user.groups] }),
      ...(user.extra === undefined || Object.keys(user.extra).length === 0 ? undefined : { extra: copied(user.extra) }),
    }
  },
  validateCreate: signingRequestErrors,
  prepareForUpdate: (next, previous) => restoreAllBut(next, previous, []),
  prepareForStatusUpdate(next, previous, context) {
    const stored = listAt(previous, 'status', 'conditions')
    let conditions = listAt(next, 'status', 'conditions')
    for (const type of ['Approved', 'Denied']) conditions = keepConditions(conditions, stored, type)
    if (conditions.length > 0) setConditions(next, timed(conditions, stored, context))
  },
  validateStatusUpdate: signingStatusErrors,
  subresources: {
    approval: {
      prepareForUpdate(next, previous, context) {
        const stored = listAt(previous, 'status', 'conditions')
        const conditions = timed(listAt(next, 'status', 'conditions'), stored, context)
        restoreAllBut(next, previous, [])
        setConditions(next, conditions)
      },
      validateUpdate: approvalErrors,
    },
  },
}

function copied(extra: Readonly<Record<string, readonly string[]>>): JsonObject {
  return Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
}

/** Conditions of a type stay as they are stored as long as their number does not change. */
function keepConditions(next: readonly JsonValue[], stored: readonly JsonValue[], type: string): readonly JsonValue[] {
  const kept = stored.filter((condition) => stringAt(condition, 'type') === type)
  const sent = next.filter((condition) => stringAt(condition, 'type') === type)
  if (kept.length !== sent.length) return next
  let position = 0
  return next.map((condition) => {
    if (stringAt(condition, 'type') !== type) return condition
    position += 1
    return kept[position - 1] as JsonValue
  })
}

/** Fills in the times that a client left out: now, or when the stored condition last changed. */
function timed(next: readonly JsonValue[], stored: readonly JsonValue[], { clock }: StrategyContext): JsonValue[] {
  const now = formatTimestamp(clock.now())
  return next.map((value) => {
    const condition = objectAt(value)
    const same = stored.find(
      (other) =>
        stringAt(other, 'type') === stringAt(condition, 'type') &&
        stringAt(other, 'status') === stringAt(condition, 'status') &&
        stringAt(other, 'lastTransitionTime') !== '',
    )
    return {
      ...condition,
      lastUpdateTime: stringAt(condition, 'lastUpdateTime') || now,
      lastTransitionTime: stringAt(condition, 'lastTransitionTime') || stringAt(same, 'lastTransitionTime') || now,
    }
  })
}

function setConditions(request: KubeObject, conditions: readonly JsonValue[]): void {
  const { conditions: _sent, ...status } = objectAt(request, 'status')
  request['status'] = conditions.length > 0 ? { conditions: [...conditions], ...status } : status
}
