import { expect, test } from 'vitest'
import { fieldErrorMessage } from '../field/format.ts'
import { fieldPath } from '../field/path.ts'
import type { JsonObject, ObjectMeta, OwnerReference } from '../meta/object.ts'
import { validateConditions } from './conditions.ts'
import { validateFieldManager } from './field-manager.ts'
import { validateKubeFinalizers } from './finalizers.ts'
import { nameIsDnsSubdomain } from './names.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts'
import { deduplicateOwnerReferences } from './owner-references.ts'

const path = fieldPath('metadata')

function problems(meta: ObjectMeta, namespaced = true): string[] {
  return validateObjectMeta({ meta, namespaced, validateName: nameIsDnsSubdomain, path }).map(fieldErrorMessage)
}

function owner(extra: JsonObject = {}): OwnerReference {
  return { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u', ...extra }
}

const good: ObjectMeta = {
  name: 'a',
  namespace: 'n',
  generateName: 'a-',
  generation: 1,
  labels: { 'example.com/a': 'b', c: '' },
  annotations: { 'Example.com/A': 'anything at all' },
  ownerReferences: [owner({ controller: true }), owner({ uid: 'v', controller: false })],
  finalizers: ['example.com/f', 'orphan'],
  managedFields: [{ manager: 'm', operation: 'Apply', fieldsType: 'FieldsV1' }],
}

test('good metadata has no problems', () => {
  expect(problems(good)).toEqual([])
  expect(problems({ name: 'a' }, false)).toEqual([])
})

test.each<[string, ObjectMeta, string]>([
  ['no name', { name: '' }, 'metadata.name: Required value: name or generateName is required'],
  ['name', { name: 'A' }, 'metadata.name: Invalid value: "A": a lowercase RFC 1123 subdomain must'],
  [
    'generateName',
    { generateName: 'Ab' },
    'metadata.generateName: Invalid value: "Ab": a lowercase RFC 1123 subdomain must',
  ],
  ['no namespace', { namespace: '' }, 'metadata.namespace: Required value'],
  ['namespace', { namespace: 'a.b' }, 'metadata.namespace: Invalid value: "a.b": must not contain dots'],
  ['generation', { generation: -1 }, 'metadata.generation: Invalid value: -1: must be greater than or equal to 0'],
  ['label key', { labels: { '-': '' } }, 'metadata.labels: Invalid value: "-": name part must'],
  ['label value', { labels: { a: '-' } }, 'metadata.labels: Invalid value: "-": a valid label must'],
  ['annotation key', { annotations: { 'A B': '' } }, 'metadata.annotations: Invalid value: "A B": name part must'],
  [
    'annotations',
    { annotations: { a: 'x'.repeat(262144) } },
    'metadata.annotations: Too long: may not be more than 262144 bytes',
  ],
  [
    'owner version',
    { ownerReferences: [owner({ apiVersion: '' })] },
    'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
  ],
  [
    'owner version',
    { ownerReferences: [owner({ apiVersion: 'a/b/c' })] },
    'metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must not be empty',
  ],
  [
    'owner kind',
    { ownerReferences: [owner({ kind: '' })] },
    'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
  ],
  [
    'owner name',
    { ownerReferences: [owner({ name: '' })] },
    'metadata.ownerReferences.name: Invalid value: "": must not be empty',
  ],
  [
    'owner uid',
    { ownerReferences: [owner({ uid: '' })] },
    'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
  ],
  [
    'event owner',
    { ownerReferences: [owner({ kind: 'Event' })] },
    'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"p","uid":"u"}: /v1, Kind=Event is disallowed from being an owner',
  ],
  [
    'two controllers',
    { ownerReferences: [owner({ controller: true }), owner({ name: 'q', controller: true })] },
    'Only one reference can have Controller set to true. Found "true" in references for Pod/p and Pod/q',
  ],
  ['finalizer', { finalizers: ['a b'] }, 'metadata.finalizers: Invalid value: "a b": name part must'],
  [
    'both finalizers',
    { finalizers: ['orphan', 'foregroundDeletion'] },
    'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  ],
  [
    'operation',
    { managedFields: [{ operation: 'x' }] },
    'metadata.managedFields[0].operation: Invalid value: "x": must be `Apply` or `Update`',
  ],
  [
    'fieldsType',
    { managedFields: [{ operation: 'Apply', fieldsType: 'x' }] },
    'metadata.managedFields[0].fieldsType: Invalid value: "x": must be `FieldsV1`',
  ],
  [
    'manager',
    { managedFields: [{ operation: 'Apply', manager: 'x'.repeat(129) }] },
    'metadata.managedFields[0].manager: Too long: may not be more than 128 bytes',
  ],
  [
    'subresource',
    { managedFields: [{ operation: 'Apply', subresource: 'x'.repeat(257) }] },
    'metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes',
  ],
])('bad %s', (_, meta, message) => {
  const found = problems({ ...good, ...meta })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(message)
})

test('cluster-wide objects have no namespace', () => {
  expect(problems({ name: 'a', namespace: 'n' }, false)).toEqual([
    'metadata.namespace: Forbidden: not allowed on this type',
  ])
})

const stored: ObjectMeta = {
  ...good,
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-02T15:04:05Z',
}

test.each<[string, ObjectMeta, ObjectMeta, string[]]>([
  ['nothing', {}, {}, []],
  ['the same time', { creationTimestamp: '2026-01-02T16:04:05+01:00' }, {}, []],
  ['name', { name: 'b' }, {}, ['metadata.name: Invalid value: "b": field is immutable']],
  ['namespace', { namespace: '' }, {}, ['metadata.namespace: Invalid value: "": field is immutable']],
  ['uid', { uid: 'x' }, {}, ['metadata.uid: Invalid value: "x": field is immutable']],
  [
    'creationTimestamp',
    { creationTimestamp: '2026-01-02T15:04:06Z' },
    {},
    ['metadata.creationTimestamp: Invalid value: "2026-01-02T15:04:06Z": field is immutable'],
  ],
  [
    'deletion',
    {},
    { deletionTimestamp: '2026-01-02T15:04:06Z', deletionGracePeriodSeconds: 30 },
    [
      'metadata.deletionTimestamp: Invalid value: null: field is immutable',
      'metadata.deletionGracePeriodSeconds: Invalid value: null: field is immutable',
    ],
  ],
  ['generation', { generation: 0 }, {}, ['metadata.generation: Invalid value: 0: must not be decremented']],
  [
    'resourceVersion',
    { resourceVersion: '' },
    {},
    ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
  ],
])('an update of %s', (_, next, previous, expected) => {
  const errors = validateObjectMetaUpdate({ next: { ...stored, ...next }, previous: { ...stored, ...previous }, path })
  expect(errors.map(fieldErrorMessage)).toEqual(expected)
})

test('an object that is being deleted takes no new finalizers', () => {
  const previous = { ...stored, deletionTimestamp: '2026-01-02T15:04:06Z', finalizers: ['a/b'] }
  const next = { ...previous, finalizers: ['x/y', 'a/b', 'a/c'] }
  expect(validateObjectMetaUpdate({ next, previous, path }).map(fieldErrorMessage)).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a/c", "x/y"}',
  ])
})

test('built-in kinds take only known or qualified finalizers', () => {
  expect(validateKubeFinalizers(['kubernetes', 'a/b', 'x'], path.child('finalizers')).map(fieldErrorMessage)).toEqual([
    'metadata.finalizers[2]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified',
  ])
})

test('unprintable characters of a field manager are named with their byte position', () => {
  expect(validateFieldManager('é\x07\u200b', 'fieldManager').map(fieldErrorMessage)).toEqual([
    'fieldManager: Invalid value: "é\\a\\u200b": invalid character U+0007 (at position 2)',
    'fieldManager: Invalid value: "é\\a\\u200b": invalid character U+200B (at position 3)',
  ])
})

test('owner references that repeat in every field go, in any order of members', () => {
  const meta: ObjectMeta = {
    ownerReferences: [
      owner(),
      { uid: 'u', name: 'p', kind: 'Pod', apiVersion: 'v1' },
      owner({ controller: true }),
      owner(),
    ],
  }
  expect(deduplicateOwnerReferences(meta)).toEqual(['u', 'u'])
  expect(meta.ownerReferences).toEqual([owner(), owner({ controller: true })])
  expect(deduplicateOwnerReferences(meta)).toEqual([])
  expect(deduplicateOwnerReferences({})).toEqual([])
})

test('conditions', () => {
  const condition = { type: 'Ready', status: 'True', reason: 'Fine', lastTransitionTime: '2026-01-02T15:04:05Z' }
  expect(validateConditions([condition, { ...condition, type: 'Other' }], fieldPath('c'))).toEqual([])
  const bad = [
    condition,
    { ...condition, status: 'x', reason: '' },
    { type: 'Z', status: 'False', reason: '0', observedGeneration: -1 },
  ]
  expect(validateConditions(bad, fieldPath('c')).map(fieldErrorMessage)).toEqual([
    'c[1].type: Duplicate value: "Ready"',
    'c[1].status: Unsupported value: "x": supported values: "False", "True", "Unknown"',
    'c[1].reason: Required value',
    'c[2].observedGeneration: Invalid value: -1: must be greater than or equal to zero',
    'c[2].lastTransitionTime: Required value',
    expect.stringContaining('c[2].reason: Invalid value: "0": a condition reason must start with alphabetic character'),
  ])
})
