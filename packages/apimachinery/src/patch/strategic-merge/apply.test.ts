import { describe, expect, test } from 'vitest'
import { deepCopy } from '../../json/objects.ts'
import type { JsonObject } from '../../meta/object.ts'
import { applyStrategicMergePatch } from './apply.ts'
import { thing } from './testing/thing.ts'

type Case = readonly [title: string, original: JsonObject, patch: JsonObject, result: JsonObject]

/** What comes out, and that neither argument is changed. */
function check(original: JsonObject, patch: JsonObject, result: JsonObject): void {
  const before = deepCopy([original, patch])
  expect(applyStrategicMergePatch(original, patch, thing)).toEqual(result)
  expect([original, patch]).toEqual(before)
}

describe('fields, maps and lists', () => {
  test.each<Case>([
    ['a patch of nothing', { name: 'a', labels: { x: '1' } }, {}, { name: 'a', labels: { x: '1' } }],
    [
      'scalars are set, null removes, unmatched nulls are dropped',
      { name: 'a', value: '1' },
      { name: null, value: '2', other: null },
      { value: '2' },
    ],
    ['maps merge', { labels: { x: '1', y: '2' } }, { labels: { x: null, z: '3' } }, { labels: { y: '2', z: '3' } }],
    [
      'a map where there was none loses its nulls',
      {},
      { nested: { name: 'n', value: null, labels: { x: null } } },
      { nested: { name: 'n', labels: {} } },
    ],
    [
      'structs merge, deep',
      { nested: { name: 'a', nested: { name: 'b', value: '1' } } },
      { nested: { nested: { value: '2' } } },
      { nested: { nested: { name: 'b', value: '2' }, name: 'a' } },
    ],
    [
      'replace strategy of a struct',
      { replaced: { name: 'a', value: '1' } },
      { replaced: { value: '2' } },
      { replaced: { value: '2' } },
    ],
    [
      'lists of structs without strategy are replaced',
      { otherThings: [{ name: 'a' }, { name: 'b' }] },
      { otherThings: [{ name: 'c', value: null }] },
      { otherThings: [{ name: 'c', value: null }] },
    ],
    [
      'lists of scalars without strategy are replaced',
      { otherNumbers: [1, 2] },
      { otherNumbers: [3] },
      { otherNumbers: [3] },
    ],
    [
      'items merge by key, what is new comes first',
      {
        things: [
          { name: 'a', value: '1' },
          { name: 'b', value: '2' },
        ],
      },
      { things: [{ name: 'b', other: 'x' }, { name: 'c' }] },
      { things: [{ name: 'a', value: '1' }, { name: 'b', other: 'x', value: '2' }, { name: 'c' }] },
    ],
    [
      'a null field of an item',
      { things: [{ name: 'a', value: '1' }] },
      { things: [{ name: 'a', value: null }] },
      { things: [{ name: 'a' }] },
    ],
    [
      'an item with the same name twice on the server',
      {
        things: [
          { name: 'a', value: '1' },
          { name: 'a', value: '2' },
        ],
      },
      { things: [{ name: 'a', other: 'x' }] },
      {
        things: [
          { name: 'a', other: 'x', value: '1' },
          { name: 'a', value: '2' },
        ],
      },
    ],
    ['lists of lists', { otherThings: [] }, { otherThings: [['a']] }, { otherThings: [['a']] }],
    ['an empty list onto a list that merges', { things: [{ name: 'a' }] }, { things: [] }, { things: [{ name: 'a' }] }],
    ['a list onto an empty list that merges', { things: [] }, { things: [{ name: 'a' }] }, { things: [{ name: 'a' }] }],
    ['empty onto empty', { numbers: [] }, { numbers: [] }, { numbers: [] }],
    ['a set grows, without repetitions', { numbers: [1, 2, 2] }, { numbers: [2, 3, 3] }, { numbers: [1, 2, 3] }],
    ['a set where there was none', {}, { numbers: [2, 2] }, { numbers: [2, 2] }],
    ['a scalar that the struct does not have', {}, { nothing: '1' }, { nothing: '1' }],
    ['a map onto a list', { things: [{ name: 'a' }] }, { things: { name: 'b' } }, { things: { name: 'b' } }],
    ['a list onto a map', { nested: { name: 'a' } }, { nested: ['x'] }, { nested: ['x'] }],
    [
      'a merge key that is a number',
      { things: [{ name: 1, value: 'x' }] },
      { things: [{ name: 1, value: 'y' }, { name: '1' }] },
      { things: [{ name: 1, value: 'y' }, { name: '1' }] },
    ],
  ])('%s', (_title, original, patch, result) => check(original, patch, result))
})

describe('$patch', () => {
  test.each<Case>([
    [
      '$patch replace in a map',
      { nested: { name: 'a', value: '1' } },
      { nested: { value: '2', $patch: 'replace' } },
      { nested: { value: '2' } },
    ],
    ['$patch replace at the top', { name: 'a', value: '1' }, { value: '2', $patch: 'replace' }, { value: '2' }],
    [
      '$patch delete in a map',
      { nested: { name: 'a' }, value: '1' },
      { nested: { $patch: 'delete' } },
      { nested: {}, value: '1' },
    ],
    ['$patch delete of a map that is not there', { value: '1' }, { nested: { $patch: 'delete' } }, { value: '1' }],
    [
      '$patch replace of a map that is not there',
      { value: '1' },
      { nested: { name: 'a', $patch: 'replace' } },
      { value: '1' },
    ],
    [
      '$patch delete of items',
      { things: [{ name: 'a' }, { name: 'b' }, { name: 'a', value: '2' }] },
      { things: [{ name: 'a', $patch: 'delete' }] },
      { things: [{ name: 'b' }] },
    ],
    [
      '$patch delete of an item that is not there',
      { things: [{ name: 'a' }] },
      { things: [{ name: 'z', $patch: 'delete' }] },
      { things: [{ name: 'a' }] },
    ],
    [
      '$patch delete and add in one',
      { things: [{ name: 'a' }, { name: 'b' }] },
      { things: [{ name: 'a', $patch: 'delete' }, { name: 'c' }, { name: 'b', value: '2' }] },
      { things: [{ name: 'c' }, { name: 'b', value: '2' }] },
    ],
    [
      '$patch delete of items in a list that is not there',
      {},
      { things: [{ name: 'a', $patch: 'delete' }, { name: 'b' }] },
      { things: [{ name: 'b' }] },
    ],
    [
      '$patch replace of a list',
      { things: [{ name: 'a' }, { name: 'b' }] },
      { things: [{ name: 'c' }, { $patch: 'replace' }, { name: 'd' }] },
      { things: [{ name: 'c' }, { name: 'd' }] },
    ],
    [
      '$patch replace of a list by nothing',
      { things: [{ name: 'a' }] },
      { things: [{ $patch: 'replace' }] },
      { things: [] },
    ],
    [
      'directives in content that is new are dropped',
      {},
      { nested: { things: [{ name: 'a', $patch: 'delete' }, { name: 'b' }], nested: { $patch: 'delete' } } },
      { nested: { things: [{ name: 'b' }] } },
    ],
  ])('%s', (_title, original, patch, result) => check(original, patch, result))
})

describe('$deleteFromPrimitiveList', () => {
  test.each<Case>([
    [
      '$deleteFromPrimitiveList',
      { numbers: [1, 2, 3, 2] },
      { '$deleteFromPrimitiveList/numbers': [2, 9] },
      { numbers: [1, 3] },
    ],
    [
      '$deleteFromPrimitiveList and add',
      { numbers: [1, 2, 3] },
      { '$deleteFromPrimitiveList/numbers': [2], numbers: [4] },
      { numbers: [4, 1, 3] },
    ],
    [
      '$deleteFromPrimitiveList of a list that is replaced',
      { otherNumbers: [1, 2, 3] },
      { '$deleteFromPrimitiveList/otherNumbers': [2] },
      { otherNumbers: [1, 3] },
    ],
    ['$deleteFromPrimitiveList of nothing', {}, { '$deleteFromPrimitiveList/numbers': [2] }, {}],
    [
      '$deleteFromPrimitiveList of something else',
      { numbers: [1] },
      { '$deleteFromPrimitiveList/nothing': [1] },
      { numbers: [1] },
    ],
    [
      'nested lists that merge',
      { things: [{ name: 'a', things: [{ name: 'b', value: '1' }], numbers: [1] }] },
      {
        things: [
          { name: 'a', things: [{ name: 'b', value: '2' }, { name: 'c' }], '$deleteFromPrimitiveList/numbers': [1] },
        ],
      },
      { things: [{ numbers: [], things: [{ name: 'b', value: '2' }, { name: 'c' }], name: 'a' }] },
    ],
  ])('%s', (_title, original, patch, result) => check(original, patch, result))
})

describe('$setElementOrder', () => {
  test.each<Case>([
    [
      '$setElementOrder puts in order',
      { things: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      { '$setElementOrder/things': [{ name: 'c' }, { name: 'b' }, { name: 'a' }] },
      { things: [{ name: 'c' }, { name: 'b' }, { name: 'a' }] },
    ],
    [
      '$setElementOrder with what only the server has',
      { things: [{ name: 'a' }, { name: 's' }, { name: 'b' }] },
      { '$setElementOrder/things': [{ name: 'b' }, { name: 'a' }] },
      { things: [{ name: 's' }, { name: 'b' }, { name: 'a' }] },
    ],
    [
      '$setElementOrder with a new item',
      { things: [{ name: 'a' }, { name: 's' }, { name: 'b' }] },
      { '$setElementOrder/things': [{ name: 'a' }, { name: 'n' }, { name: 'b' }], things: [{ name: 'n', value: '1' }] },
      { things: [{ name: 'a' }, { name: 'n', value: '1' }, { name: 's' }, { name: 'b' }] },
    ],
    [
      '$setElementOrder with a deletion and a new item before what only the server has',
      { things: [{ name: 'a' }, { name: 'b' }, { name: 's' }] },
      {
        '$setElementOrder/things': [{ name: 'a' }, { name: 'n' }],
        things: [{ name: 'n' }, { name: 'b', $patch: 'delete' }],
      },
      { things: [{ name: 'a' }, { name: 's' }, { name: 'n' }] },
    ],
    [
      '$setElementOrder of items that are nowhere',
      { things: [{ name: 'a' }] },
      { '$setElementOrder/things': [{ name: 'x' }, { name: 'a' }] },
      { things: [{ name: 'a' }] },
    ],
    [
      '$setElementOrder of a set',
      { numbers: [1, 2, 3, 4] },
      { '$setElementOrder/numbers': [4, 1, 5], numbers: [5] },
      { numbers: [2, 3, 4, 1, 5] },
    ],
    [
      '$setElementOrder of a set with deletions',
      { numbers: [1, 2, 3] },
      { '$deleteFromPrimitiveList/numbers': [2], '$setElementOrder/numbers': [3, 1] },
      { numbers: [3, 1] },
    ],
    [
      '$setElementOrder where there is no list',
      { name: 'x' },
      { '$setElementOrder/things': [{ name: 'a' }] },
      { name: 'x' },
    ],
    [
      '$setElementOrder and a new list',
      {},
      { '$setElementOrder/things': [{ name: 'a' }, { name: 'b' }], things: [{ name: 'a' }, { name: 'b' }] },
      { things: [{ name: 'a' }, { name: 'b' }] },
    ],
  ])('%s', (_title, original, patch, result) => check(original, patch, result))
})

describe('$retainKeys', () => {
  test.each<Case>([
    [
      '$retainKeys drops the others',
      { union: { name: 'a', value: '1', other: 'x' } },
      { union: { $retainKeys: ['name', 'value'], value: '2' } },
      { union: { name: 'a', value: '2' } },
    ],
    [
      '$retainKeys with null',
      { union: { name: 'a', value: '1' } },
      { union: { $retainKeys: ['name'], value: null } },
      { union: { name: 'a' } },
    ],
    [
      '$retainKeys at the top',
      { name: 'a', value: '1' },
      { $retainKeys: ['value', 'other'], other: 'x' },
      { other: 'x', value: '1' },
    ],
    [
      '$retainKeys where there was no map',
      {},
      { union: { $retainKeys: ['name'], name: 'a' } },
      { union: { $retainKeys: ['name'], name: 'a' } },
    ],
    [
      '$retainKeys in an item',
      { unions: [{ name: 'a', value: '1', other: 'x' }] },
      { unions: [{ $retainKeys: ['name', 'other'], name: 'a' }] },
      { unions: [{ name: 'a', other: 'x' }] },
    ],
  ])('%s', (_title, original, patch, result) => check(original, patch, result))
})

describe('refuses', () => {
  test.each<readonly [title: string, original: JsonObject, patch: JsonObject, code: number, message: string]>([
    [
      '$patch merge in a map',
      { nested: { name: 'a' } },
      { nested: { $patch: 'merge', name: 'b' } },
      500,
      'unknown patch type: merge in map: map[$patch:merge name:b]',
    ],
    [
      'an unknown $patch in a map',
      { nested: { name: 'a' } },
      { nested: { $patch: 'what', name: 'b' } },
      500,
      'unknown patch type: what in map: map[$patch:what name:b]',
    ],
    [
      'a $patch that is no text',
      { nested: { name: 'a' } },
      { nested: { $patch: 1 } },
      500,
      'unknown patch type: %!s(int64=1) in map: map[$patch:1]',
    ],
    [
      '$patch merge of an item',
      { things: [{ name: 'a' }] },
      { things: [{ name: 'a', $patch: 'merge' }] },
      500,
      'merging lists cannot yet be specified in the patch',
    ],
    [
      'an unknown $patch of an item',
      { things: [{ name: 'a' }] },
      { things: [{ name: 'a', $patch: 'what' }] },
      500,
      'unknown patch type: what in map: map[$patch:what name:a]',
    ],
    [
      '$patch delete without the key',
      { things: [{ name: 'a' }] },
      { things: [{ value: '1', $patch: 'delete' }] },
      500,
      'map: map[$patch:delete value:1] does not contain declared merge key: name',
    ],
    [
      'an item of the patch without the key',
      { things: [{ name: 'a' }] },
      { things: [{ value: '1' }] },
      500,
      'map: map[value:1] does not contain declared merge key: name',
    ],
    [
      'an item of the object without the key',
      { things: [{ value: '1' }] },
      { things: [{ name: 'a' }] },
      500,
      'map: map[value:1] does not contain declared merge key: name',
    ],
    [
      'an item that is no map',
      { things: [{ name: 'a' }] },
      { things: ['a'] },
      500,
      'list element types are not identical: [[map[name:a]] [a]]',
    ],
    [
      'lists of lists in a set',
      { numbers: [1] },
      { numbers: [[1]] },
      500,
      'list element types are not identical: [[1] [[1]]]',
    ],
    [
      'numbers and texts in one set',
      { numbers: [1] },
      { numbers: ['1'] },
      500,
      'list element types are not identical: [[1] [1]]',
    ],
    [
      '$deleteFromPrimitiveList without a name',
      { numbers: [1] },
      { $deleteFromPrimitiveList: [1] },
      400,
      'invalid patch format of primitive list',
    ],
    [
      '$setElementOrder in another order than the patch',
      { things: [{ name: 'a' }] },
      { '$setElementOrder/things': [{ name: 'a' }, { name: 'b' }], things: [{ name: 'b' }, { name: 'a' }] },
      500,
      "The order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]\n",
    ],
    [
      '$setElementOrder without an item of the patch',
      { things: [{ name: 'a' }] },
      { '$setElementOrder/things': [{ name: 'a' }], things: [{ name: 'b' }] },
      500,
      "The order in patch list:\n[map[name:b]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ],
    [
      '$setElementOrder without the key',
      { things: [{ name: 'a' }] },
      { '$setElementOrder/things': [{ value: 'a' }] },
      500,
      'map: map[value:a] does not contain declared merge key: name',
    ],
    [
      '$setElementOrder that is no list',
      { things: [{ name: 'a' }] },
      { '$setElementOrder/things': 'a' },
      500,
      'expected a []interface {}, but received a string',
    ],
    [
      '$setElementOrder of what is no list',
      { things: 'x' },
      { '$setElementOrder/things': [{ name: 'a' }] },
      500,
      'expected a []interface {}, but received a string',
    ],
    [
      '$setElementOrder without a name',
      {},
      { $setElementOrder: [1] },
      400,
      'invalid patch format of setElementOrder list',
    ],
    [
      '$retainKeys that lacks a key of the patch',
      { union: { name: 'a' } },
      { union: { $retainKeys: ['name'], value: '2' } },
      400,
      'invalid patch format of retainKeys',
    ],
    [
      '$retainKeys that is no list',
      { union: { name: 'a' } },
      { union: { $retainKeys: 'name' } },
      400,
      'invalid patch format of retainKeys',
    ],
    [
      'a field that the struct does not have',
      { nothing: { a: '1' } },
      { nothing: { b: '2' } },
      500,
      'unable to find api field in struct Thing for the json field "nothing"',
    ],
    [
      'an item of the object that is no map',
      { things: ['x'] },
      { things: [{ name: 'a' }] },
      500,
      'list element types are not identical: [[x] [map[name:a]]]',
    ],
    [
      'a list of lists that merges',
      { numbers: [] },
      { numbers: [[1]] },
      422,
      'the server rejected our request due to an error in our request',
    ],
  ])('%s', (_title, original, patch, code, message) => {
    expect(() => applyStrategicMergePatch(original, patch, thing)).toThrow(expect.objectContaining({ code, message }))
  })
})
