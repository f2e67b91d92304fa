import { formatTimestamp, type KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { type Condition, isConditionTrue, removeCondition, setCondition } from './conditions.ts'
import { hasFinalizer, withFinalizer, withoutFinalizer } from './finalizers.ts'
import { AlreadyOwnedError, withControllerReference } from './owner-references.ts'
import { microTimeText } from './time.ts'

const now = Date.UTC(2026, 4, 1, 12, 0, 0, 123)
const ready: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Up',
  message: '',
  lastTransitionTime: '2020-01-01T00:00:00Z',
}

test('times are written as upstream writes them', () => {
  expect(microTimeText(now)).toBe('2026-05-01T12:00:00.123000Z')
})

describe('conditions', () => {
  test.each<[string, Condition[], Condition, Partial<Condition> | 'same']>([
    ['a new one', [], { type: 'Ready', status: 'True' }, { lastTransitionTime: '2026-05-01T12:00:00Z' }],
    [
      'a flip',
      [ready],
      { type: 'Ready', status: 'False' },
      { status: 'False', lastTransitionTime: formatTimestamp(now) },
    ],
    [
      'another reason',
      [ready],
      { ...ready, reason: 'Still' },
      { reason: 'Still', lastTransitionTime: '2020-01-01T00:00:00Z' },
    ],
    ['no change', [ready], { type: 'Ready', status: 'True', reason: 'Up' }, 'same'],
    ['a time of its own', [], { ...ready }, { lastTransitionTime: '2020-01-01T00:00:00Z' }],
  ])('%s', (_title, before, condition, expected) => {
    const after = setCondition(before, condition, now)
    if (expected === 'same') expect(after).toBe(before)
    else expect(after).toMatchObject([expected])
  })

  test('are found and removed', () => {
    expect(isConditionTrue([ready], 'Ready')).toBe(true)
    expect(isConditionTrue(undefined, 'Ready')).toBe(false)
    expect(removeCondition([ready], 'Ready')).toEqual([])
  })
})

const object = (metadata: KubeObject['metadata']): KubeObject => ({ apiVersion: 'v1', kind: 'Secret', metadata })

test('finalizers are added once and removed', () => {
  const plain = object({ name: 'a' })
  const held = withFinalizer(plain, 'example.com/f')
  expect(plain.metadata.finalizers).toBeUndefined()
  expect(hasFinalizer(held, 'example.com/f')).toBe(true)
  expect(withFinalizer(held, 'example.com/f')).toBe(held)
  expect(withoutFinalizer(held, 'example.com/f').metadata.finalizers).toEqual([])
  expect(withoutFinalizer(plain, 'example.com/f')).toBe(plain)
})

describe('controller references', () => {
  const owner = object({ name: 'owner', namespace: 'ns', uid: '1' })
  const owned = withControllerReference(object({ name: 'a', namespace: 'ns' }), owner)

  test('are set once', () => {
    const reference = { apiVersion: 'v1', kind: 'Secret', name: 'owner', uid: '1' }
    expect(owned.metadata.ownerReferences).toEqual([{ ...reference, controller: true, blockOwnerDeletion: true }])
    expect(withControllerReference(owned, owner)).toBe(owned)
    const plain = object({ name: 'a', namespace: 'ns', ownerReferences: [reference] })
    expect(withControllerReference(plain, owner).metadata.ownerReferences).toEqual(owned.metadata.ownerReferences)
  })

  test('are refused when another controls the object, also one that was recreated', () => {
    const other = object({ name: 'owner', namespace: 'ns', uid: '2' })
    expect(() => withControllerReference(owned, other)).toThrow(AlreadyOwnedError)
    expect(() => withControllerReference(owned, other)).toThrow(
      'Object ns/a is already owned by another Secret controller owner',
    )
  })

  test('stay in the owner’s namespace', () => {
    expect(() => withControllerReference(object({ name: 'a', namespace: 'x' }), owner)).toThrow('cross-namespace')
    expect(() => withControllerReference(object({ name: 'a' }), owner)).toThrow('cluster-scoped resource must not')
  })
})
