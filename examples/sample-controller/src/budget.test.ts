import { describe, expect, test } from 'vitest'
import { type Deployment, type DisruptionBudget, minAvailableLabel, plan } from './budget.ts'

const selector = { matchLabels: { app: 'web' } }

function deployment(minAvailable?: string, more: object = {}): Deployment {
  const labels = minAvailable === undefined ? {} : { [minAvailableLabel]: minAvailable }
  const metadata = { namespace: 'default', name: 'web', uid: 'u1', labels, ...more }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector } }
}

const owner = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  name: 'web',
  uid: 'u1',
  controller: true,
  blockOwnerDeletion: true,
}

function budget(spec: DisruptionBudget['spec'], ownerReferences: readonly object[] = [owner]): DisruptionBudget {
  const metadata = { namespace: 'default', name: 'web', ownerReferences } as DisruptionBudget['metadata']
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec }
}

const two = budget({ minAvailable: 2, selector })

describe('what there is to do', () => {
  test.each<[string, Deployment, DisruptionBudget | undefined, ReturnType<typeof plan>]>([
    ['nothing is asked for', deployment(), undefined, { verb: 'nothing' }],
    ['a budget is asked for', deployment('2'), undefined, { verb: 'create', budget: two }],
    ['it is there', deployment('2'), two, { verb: 'nothing' }],
    ['another number', deployment('3'), two, { verb: 'update', budget: budget({ minAvailable: 3, selector }) }],
    ['other Pods', deployment('2'), budget({ minAvailable: 2, selector: {} }), { verb: 'update', budget: two }],
    ['it is not asked for any more', deployment(), two, { verb: 'delete', budget: two }],
    ['somebody else has one', deployment(), budget({}, []), { verb: 'nothing' }],
    ['the Deployment goes', deployment('2', { deletionTimestamp: '2026-01-01T00:00:00Z' }), two, { verb: 'nothing' }],
  ])('%s', (_title, wanted, existing, expected) => {
    expect(plan(wanted, existing)).toEqual(expected)
  })
})

describe('what cannot be done', () => {
  test.each(['', '-1', '50%', 'two'])('a label that says "%s"', (label) => {
    expect(() => plan(deployment(label), undefined)).toThrow(`min-available is "${label}", not a number`)
  })

  test.each<[string, readonly object[]]>([
    ['nobody', []],
    ['another Deployment', [{ ...owner, uid: 'u2' }]],
    ['a Deployment that does not control it', [{ ...owner, controller: false }]],
  ])('a budget of %s is in the way', (_title, owners) => {
    expect(() => plan(deployment('2'), budget({}, owners))).toThrow('web belongs to somebody else')
  })
})
