import type { JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { documentValue } from './lazy-document.ts'
import { v3FromV2, type V2Parts } from './v3-from-v2.ts'

function convert(parts: Partial<V2Parts>): JsonObject {
  return documentValue(
    v3FromV2({ info: { title: 't', version: 'v1' }, paths: [], definitions: [], securityDefinitions: {}, ...parts }),
  )
}

const ok = { '200': { description: 'OK', schema: { $ref: '#/definitions/Foo' } } }

test('OA3-5: bodies and responses have a content for each media type of the operation', () => {
  const operation = {
    description: 'make it',
    operationId: 'createFoo',
    tags: ['foo'],
    schemes: ['https'],
    consumes: ['application/json', 'application/yaml'],
    produces: ['application/json'],
    deprecated: true,
    parameters: [
      { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/Foo' } },
      { name: 'dryRun', in: 'query', type: 'string', uniqueItems: true, description: 'try' },
    ],
    responses: { ...ok, '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': 'post',
  }
  const schema = { $ref: '#/components/schemas/Foo' }
  expect(convert({ paths: [['/apis/a.io/v1/foos', { post: operation }]] })).toEqual({
    openapi: '3.0.0',
    info: { title: 't', version: 'v1' },
    paths: {
      '/apis/a.io/v1/foos': {
        post: {
          description: 'make it',
          operationId: 'createFoo',
          tags: ['foo'],
          deprecated: true,
          requestBody: { content: { 'application/json': { schema }, 'application/yaml': { schema } } },
          parameters: [
            { name: 'dryRun', in: 'query', description: 'try', schema: { type: 'string', uniqueItems: true } },
          ],
          responses: {
            '200': { description: 'OK', content: { 'application/json': { schema } } },
            '401': { description: 'Unauthorized' },
          },
          'x-kubernetes-action': 'post',
        },
      },
    },
    components: { schemas: {} },
  })
})

test.each<[string, JsonObject, JsonObject]>([
  ['a plain schema', { type: 'string', format: 'date-time' }, { type: 'string', format: 'date-time' }],
  ['a reference', { $ref: '#/definitions/Bar' }, { $ref: '#/components/schemas/Bar' }],
  [
    'a reference with siblings',
    { $ref: '#/definitions/Bar', description: 'a bar', default: {} },
    { description: 'a bar', default: {}, allOf: [{ $ref: '#/components/schemas/Bar' }] },
  ],
  [
    'schemas within schemas',
    {
      properties: { items: { items: { $ref: '#/definitions/Bar' } } },
      additionalProperties: { $ref: '#/definitions/Bar' },
      allOf: [{ $ref: '#/definitions/Bar' }],
    },
    {
      properties: { items: { items: { $ref: '#/components/schemas/Bar' } } },
      additionalProperties: { $ref: '#/components/schemas/Bar' },
      allOf: [{ $ref: '#/components/schemas/Bar' }],
    },
  ],
  [
    'extensions and what only looks like a schema',
    { 'x-kubernetes-int-or-string': true, default: { $ref: '#/definitions/Bar' }, additionalProperties: true },
    { 'x-kubernetes-int-or-string': true, default: { $ref: '#/definitions/Bar' }, additionalProperties: true },
  ],
])('OA3-5: definitions: %s', (_title, definition, expected) => {
  expect(convert({ definitions: [['Foo', definition]] })['components']).toEqual({ schemas: { Foo: expected } })
})

test('OA3-5: parameters of a path, and how clients prove who they are', () => {
  const { paths, components } = convert({
    paths: [
      ['/b', { get: { responses: ok }, parameters: [{ name: 'name', in: 'path', required: true, type: 'string' }] }],
      ['/a', { get: { responses: ok } }],
    ],
    securityDefinitions: {
      BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' },
      Login: { type: 'oauth2', flow: 'implicit', authorizationUrl: 'https://login', scopes: { read: 'r' } },
    },
  }) as { paths: JsonObject; components: JsonObject }
  expect(Object.keys(paths)).toEqual(['/a', '/b'])
  expect(paths['/b']).toEqual({
    // Without media types there is nothing to say of the content.
    get: { responses: { '200': { description: 'OK' } } },
    parameters: [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }],
  })
  expect(components['securitySchemes']).toEqual({
    BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' },
    Login: { type: 'oauth2', flows: { implicit: { authorizationUrl: 'https://login', scopes: { read: 'r' } } } },
  })
})
