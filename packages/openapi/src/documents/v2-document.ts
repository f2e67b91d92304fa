import type { JsonObject } from '@fairlead/apimachinery'
import { reachableDefinitions, toV2 } from './definitions.ts'
import type { DefinitionSource, DocumentedResource } from './documented-resource.ts'
import type { DocumentedEndpoint } from './endpoint-paths.ts'
import { type LazyDocument, type LazyEntry, sortedEntries } from './lazy-document.ts'
import type { Parameter } from './parameters.ts'
import { definitionsOf, type Operation, type PathItem } from './path-item.ts'
import type { Pause } from './pause.ts'
import { statusText } from './status-text.ts'
import { taggedPaths } from './tagged-paths.ts'

/** The OpenAPI v2 document of everything that is served, as `/openapi/v2` serves it. */
export async function openApiV2Document(options: {
  readonly resources: readonly DocumentedResource[]
  readonly endpoints: readonly DocumentedEndpoint[]
  readonly definitions: DefinitionSource
  readonly gitVersion: string
  readonly pause: Pause
}): Promise<LazyDocument> {
  const { definitions, gitVersion, pause } = options
  const items = await taggedPaths(options, pause)
  const roots = items.flatMap(({ item }) => definitionsOf(item))
  const names = await reachableDefinitions(roots, definitions, pause)
  return {
    head: { swagger: '2.0', info: { title: 'Kubernetes', version: gitVersion } },
    paths: sortedEntries(items.map(({ item, tag }): LazyEntry => [item.path, () => v2Path(item, tag)])),
    definitions: names.map((name) => [name, () => toV2(definitions(name) ?? {})]),
    definitionsAt: ['definitions'],
    besideDefinitions: {},
    tail: {
      securityDefinitions: {
        BearerToken: {
          description: 'Bearer Token authentication',
          type: 'apiKey',
          name: 'authorization',
          in: 'header',
        },
      },
      security: [{ BearerToken: [] }],
    },
  }
}

function v2Path({ parameters, operations }: PathItem, tag: string): JsonObject {
  const item: JsonObject = {}
  for (const operation of operations) item[operation.method] = v2Operation(operation, tag)
  if (parameters.length > 0) item['parameters'] = parameters.map(v2Parameter)
  return item
}

function v2Operation(operation: Operation, tag: string): JsonObject {
  const { id, description, parameters, body, responses, kind, action, responseMediaTypes } = operation
  const consumes = body?.mediaTypes ?? operation.consumes ?? ['*/*']
  return {
    description,
    ...(consumes.length > 0 ? { consumes: [...consumes] } : {}),
    produces: [...responseMediaTypes],
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    parameters: [
      ...(body
        ? [
            {
              name: 'body',
              in: 'body',
              ...(body.required ? { required: true } : {}),
              schema: { $ref: `#/definitions/${body.definition}` },
            },
          ]
        : []),
      ...parameters.map(v2Parameter),
    ],
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([code, definition]) => [
          code,
          {
            description: statusText(code),
            schema: definition === undefined ? { type: 'string' } : { $ref: `#/definitions/${definition}` },
          },
        ]),
      ),
      '401': { description: 'Unauthorized' },
    },
    ...(action ? { 'x-kubernetes-action': action } : {}),
    ...(kind
      ? { 'x-kubernetes-group-version-kind': { group: kind.group, kind: kind.kind, version: kind.version } }
      : {}),
  }
}

function v2Parameter({ name, in: place, type, description, required }: Parameter): JsonObject {
  return { uniqueItems: true, type, description, name, in: place, ...(required ? { required: true } : {}) }
}
