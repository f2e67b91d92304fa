import fc from 'fast-check'
import { isJsonObject, type JsonObject } from '@fairlead/apimachinery'
import { documentValue, type LazyDocument } from '@fairlead/openapi'
import { expect, test } from 'vitest'
import { objectMembers, parseRange } from './json-members.ts'
import { mergeSpecs } from './merge-specs.ts'
import { readRemoteSpec } from './remote-spec.ts'

test('members of an object are those that JSON.parse finds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(2), async (object, indent) => {
      const bytes = Buffer.from(JSON.stringify(object, undefined, indent))
      const members = await objectMembers(bytes)
      const read = Object.fromEntries([...members].map(([key, range]) => [key, parseRange(bytes, range)]))
      expect(read).toEqual(JSON.parse(bytes.toString()))
    }),
  )
})

test.each([
  '',
  '[]',
  'null',
  '<html>',
  '{',
  '{"a"',
  '{"a":',
  '{"a":}',
  '{"a":1',
  '{"a":[}',
  '{"a":"',
  '{a:1}',
  '{"a":1 "b":2}',
])('no object: %s', async (text) => {
  await expect(objectMembers(Buffer.from(text))).rejects.toThrow()
})

const prefix = '/apis/a.io/v1/'
const get = (definition: string): JsonObject => ({
  get: { responses: { '200': { description: 'OK', schema: { $ref: `#/definitions/${definition}` } } } },
})

function spec(paths: JsonObject, definitions: JsonObject, more: JsonObject = {}): Buffer {
  return Buffer.from(JSON.stringify({ swagger: '2.0', paths, definitions, ...more }))
}

test('OA2-3: only paths of the group-version and what they reach are kept', async () => {
  const remote = await readRemoteSpec(
    spec(
      {
        '/apis/a.io/v1/foos': get('Foo'),
        '/apis/a.io/v1beta1/foos': get('Old'),
        '/apis/': get('Other'),
        '/healthz': {},
      },
      { Foo: { properties: { bar: { $ref: '#/definitions/Bar' } } }, Bar: { type: 'string' }, Old: {}, Other: {} },
    ),
    prefix,
  )
  expect([...remote.paths.keys()]).toEqual(['/apis/a.io/v1/foos'])
  expect([...remote.definitions.keys()]).toEqual(['Bar', 'Foo'])
})

test('parameters that the document keeps apart stand where they are used', async () => {
  const remote = await readRemoteSpec(
    spec(
      {
        '/apis/a.io/v1/foos': {
          parameters: [{ $ref: '#/parameters/pretty' }],
          get: { responses: { '200': { description: 'OK' } }, parameters: [{ $ref: '#/parameters/pretty' }] },
        },
      },
      {},
      { parameters: { pretty: { name: 'pretty', in: 'query', type: 'string' } } },
    ),
    prefix,
  )
  const item = remote.paths.get('/apis/a.io/v1/foos')
  expect(item?.['parameters']).toEqual([{ name: 'pretty', in: 'query', type: 'string' }])
})

test.each<[string, Buffer, string]>([
  ['no JSON', Buffer.from('garbage'), 'malformed JSON at byte 0'],
  ['a missing definition', spec({ '/apis/a.io/v1/foos': get('Foo') }, {}), 'definition "Foo" is missing'],
  [
    'a slash in a name',
    spec({ '/apis/a.io/v1/foos': get('a/b') }, { 'a/b': {} }),
    'the name of definition "a/b" has a slash',
  ],
  [
    'a path without responses',
    spec({ '/apis/a.io/v1/foos': { get: {} } }, {}),
    'get /apis/a.io/v1/foos has no responses',
  ],
  ['a path that is no object', spec({ '/apis/a.io/v1/foos': 1 }, {}), '"/apis/a.io/v1/foos" is no object'],
])('OA2-8: refused: %s', async (_what, bytes, message) => {
  await expect(readRemoteSpec(bytes, prefix)).rejects.toThrow(message)
})

function local(paths: JsonObject, definitions: JsonObject): LazyDocument {
  const entries = (object: JsonObject) =>
    Object.entries(object).map(([key, value]) => [key, () => value as JsonObject] as const)
  return {
    head: { swagger: '2.0' },
    paths: entries(paths),
    definitions: entries(definitions),
    definitionsAt: ['definitions'],
    besideDefinitions: {},
    tail: {},
  }
}

test('OA2-4: equal definitions are shared, others get a name of their own, and paths that are there stay', async () => {
  const kind = (group: string) => [{ group, kind: 'Meta', version: 'v1' }]
  const own = local(
    { '/api/v1/pods': { get: 'own' } },
    {
      Meta: { type: 'object', 'x-kubernetes-group-version-kind': kind('') },
      Foo: { type: 'integer' },
      Foo_v2: { type: 'boolean' },
    },
  )
  const remote = await readRemoteSpec(
    spec(
      { '/apis/a.io/v1/foos': get('List') },
      {
        List: { properties: { items: { items: { $ref: '#/definitions/Foo' } }, meta: { $ref: '#/definitions/Meta' } } },
        Foo: { type: 'string' },
        Meta: { type: 'object', 'x-kubernetes-group-version-kind': kind('a.io') },
      },
    ),
    prefix,
  )
  const merged = documentValue(mergeSpecs(own, [remote, remote]))
  expect(Object.keys(merged['paths'] as JsonObject)).toEqual(['/api/v1/pods', '/apis/a.io/v1/foos'])
  const definitions = merged['definitions'] as JsonObject
  expect(Object.keys(definitions)).toEqual(['Foo', 'Foo_v2', 'Foo_v3', 'List', 'Meta'])
  expect(definitions['Foo_v3']).toEqual({ type: 'string' })
  expect(JSON.stringify(definitions['List'])).toContain('#/definitions/Foo_v3')
  const meta = definitions['Meta']
  expect(isJsonObject(meta) && meta['x-kubernetes-group-version-kind']).toEqual([...kind(''), ...kind('a.io')])
})

test('a merge keeps every reference whole', async () => {
  const names = ['A', 'B', 'C', 'D']
  const definitions = fc.dictionary(
    fc.constantFrom(...names),
    fc.record({ type: fc.constantFrom('string', 'object'), ref: fc.constantFrom(...names) }),
    { minKeys: 1 },
  )
  const written = (given: Record<string, { type: string; ref: string }>): JsonObject =>
    Object.fromEntries(
      names.map((name) => {
        const { type, ref } = given[name] ?? { type: 'string', ref: undefined }
        return [
          name,
          { type, ...(ref === undefined ? {} : { properties: { next: { $ref: `#/definitions/${ref}` } } }) },
        ]
      }),
    )
  await fc.assert(
    fc.asyncProperty(definitions, definitions, async (mine, theirs) => {
      const remote = await readRemoteSpec(spec({ [`${prefix}foos`]: get('A') }, written(theirs)), prefix)
      const merged = documentValue(mergeSpecs(local({}, written(mine)), [remote]))
      const made = merged['definitions'] as JsonObject
      for (const [, name = ''] of JSON.stringify(merged).matchAll(/#\/definitions\/([^"]+)/g)) {
        expect(made).toHaveProperty([name])
      }
      for (const name of names) expect(made[name]).toEqual(written(mine)[name])
      const root = JSON.stringify((merged['paths'] as JsonObject)[`${prefix}foos`])
      const [, start = ''] = /#\/definitions\/([^"]+)/.exec(root) ?? []
      expect(typesFrom(made, start)).toEqual(typesFrom(written(theirs), 'A'))
    }),
  )
})

/** The types along the chain of references, until it comes round. */
function typesFrom(definitions: JsonObject, start: string): string[] {
  const seen = new Set<string>()
  const types: string[] = []
  for (let name: string | undefined = start; name !== undefined && !seen.has(name); ) {
    seen.add(name)
    const definition: string = JSON.stringify(definitions[name])
    types.push(/"type":"(\w+)"/.exec(definition)?.[1] ?? '')
    name = /#\/definitions\/([^"]+)/.exec(definition)?.[1]
  }
  return types
}
