import { encodeJson, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import type { Schema } from '@fairlead/openapi'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { definition, definitionNames } from '../definitions/definitions.ts'
import { builtinResources } from './builtin-resources.ts'
import { builtinKind } from './kinds.ts'
import { schemas } from './schemas.ts'

function decode(apiVersion: string, kind: string, body: JsonObject): JsonObject {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const description = builtinKind({ group: group ?? '', version: version ?? '', kind })
  if (description === undefined) throw new Error(`no kind ${kind}`)
  return description.decode(body).object
}

const podSpec = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
}

describe('decoding built-in kinds', () => {
  it.each<[string, string, JsonObject, JsonObject]>([
    [
      'apps/v1',
      'Deployment',
      { metadata: { name: 'a' } },
      {
        metadata: { name: 'a' },
        spec: {
          replicas: 1,
          selector: null,
          template: { metadata: {}, spec: { containers: null, ...podSpec } },
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
        },
        status: {},
      },
    ],
    [
      'v1',
      'Pod',
      {
        metadata: { creationTimestamp: null, labels: {} },
        spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }], tty: false }], hostNetwork: false },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
      {
        metadata: {},
        spec: {
          containers: [
            {
              name: 'a',
              ports: [{ containerPort: 80, protocol: 'TCP' }],
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          ...podSpec,
          enableServiceLinks: true,
        },
        status: {
          conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }],
        },
      },
    ],
    [
      'v1',
      'Event',
      { involvedObject: { kind: 'Pod' } },
      {
        metadata: {},
        involvedObject: { kind: 'Pod' },
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: null,
        reportingComponent: '',
        reportingInstance: '',
      },
    ],
    ['v1', 'ConfigMap', { data: { b: '1', a: '2' }, binaryData: {} }, { metadata: {}, data: { a: '2', b: '1' } }],
    [
      'v1',
      'Secret',
      { stringData: { b: 'é' }, data: { a: 'AA==' } },
      { metadata: {}, data: { a: 'AA==', b: 'w6k=' }, type: 'Opaque' },
    ],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole', { rules: [] }, { metadata: {}, rules: null }],
    [
      'v1',
      'ResourceQuota',
      { spec: { hard: { cpu: '1000m', memory: 1073741824, pods: 10 } } },
      { metadata: {}, spec: { hard: { cpu: '1', memory: '1073741824', pods: '10' } }, status: {} },
    ],
    [
      'coordination.k8s.io/v1',
      'Lease',
      { spec: { renewTime: '2026-01-02T05:04:05.000006+02:00', leaseTransitions: 0 } },
      { metadata: {}, spec: { renewTime: '2026-01-02T03:04:05.000006Z', leaseTransitions: 0 } },
    ],
    [
      'policy/v1',
      'PodDisruptionBudget',
      { spec: { minAvailable: '50%', maxUnavailable: 0 } },
      {
        metadata: {},
        spec: { minAvailable: '50%', maxUnavailable: 0 },
        status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
      },
    ],
  ])('%s %s: %j', (apiVersion, kind, body, expected) => {
    const decoded = decode(apiVersion, kind, body)
    expect(decoded).toEqual(expected)
    expect(JSON.stringify(decoded)).toBe(JSON.stringify(expected))
  })

  it.each<[string, string, JsonObject, string]>([
    [
      'apps/v1',
      'Deployment',
      { spec: { replicas: '3' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1',
      'Deployment',
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'apps/v1',
      'Deployment',
      { spec: { replicas: 2147483648 } },
      'json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'v1',
      'Pod',
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      'v1',
      'Pod',
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    ['v1', 'Pod', { spec: 'x' }, 'json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec'],
    [
      'v1',
      'Pod',
      { spec: { containers: [{ name: true }] } },
      'json: cannot unmarshal bool into Go struct field Container.spec.containers.name of type string',
    ],
    [
      'v1',
      'Pod',
      { spec: { restartPolicy: [] } },
      'json: cannot unmarshal array into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
    ],
    [
      'v1',
      'Service',
      { spec: { ports: [{ targetPort: true }] } },
      'json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
    ],
    [
      'v1',
      'Pod',
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      'v1',
      'Pod',
      { metadata: { creationTimestamp: 5 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
    [
      'v1',
      'Pod',
      { spec: { containers: [{ resources: { limits: { cpu: 'lots' } } }] } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ['v1', 'Secret', { data: { a: '***' } }, 'illegal base64 data at input byte 0'],
    [
      'v1',
      'Secret',
      { data: { a: 1 } },
      'json: cannot unmarshal number into Go struct field Secret.data of type []uint8',
    ],
  ])('%s %s refuses %j', (apiVersion, kind, body, message) => {
    expect(() => decode(apiVersion, kind, body)).toThrow(
      expect.objectContaining({ name: 'TypeMismatchError', message }),
    )
  })

  it('reads the schema of a definition, which refers to itself', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'array', items: { type: 'string', unknownInside: 1 } },
        b: { additionalProperties: { type: 'integer' } },
        c: { additionalProperties: false, default: { x: [null, 1] }, dependencies: { a: ['b'] } },
      },
    }
    const body = {
      spec: { versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] },
    }
    const decoded = JSON.stringify(decode('apiextensions.k8s.io/v1', 'CustomResourceDefinition', body))
    expect(decoded).toContain('"a":{"type":"array","items":{"type":"string"}}')
    expect(decoded).toContain('"b":{"additionalProperties":{"type":"integer"}}')
    expect(decoded).toContain('"default":{"x":[null,1]}')
    expect(decoded).toContain('"additionalProperties":false')
    const description = builtinKind({ group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' })
    expect(description?.decode(body).unknownFields).toEqual([])
  })

  it('refuses schemas that are nested without end', () => {
    let schema: JsonObject = {}
    for (let depth = 0; depth < 4900; depth += 1) schema = { properties: { a: schema } }
    const body = { spec: { versions: [{ schema: { openAPIV3Schema: schema } }] } }
    expect(() => decode('apiextensions.k8s.io/v1', 'CustomResourceDefinition', body)).toThrow('exceeded max depth')
  })

  it('compiles every definition with fields', () => {
    for (const name of definitionNames()) {
      if (definition(name).scalar !== undefined) continue
      const { list } = schemas.struct(name).fields()
      expect(list.map((field) => field.name)).toEqual(definition(name).fields.map((field) => field.name))
      for (const { absent, schema } of list) {
        if (absent.write === 'value') expect(absent.value).not.toEqual({})
        else if (absent.write === 'struct') expect(absent.schema).toBe(schema)
      }
    }
  })
})

function orNull(value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  return fc.option(value, { freq: 8 })
}

/** Bodies that fit a schema, with nulls and unknown fields here and there. */
function bodyOf(schema: Schema, depth: number): fc.Arbitrary<JsonValue> {
  switch (schema.kind) {
    case 'struct': {
      const fields = schema.fields().list
      if (depth <= 0 || fields.length === 0) return fc.constant({})
      return fc
        .subarray([...fields], { maxLength: Math.min(6, fields.length) })
        .chain((chosen) =>
          fc.record(
            Object.fromEntries([
              ...chosen.map((field) => [field.name, orNull(bodyOf(field.schema, depth - 1))]),
              ['unknown', fc.constant(1)],
            ]) as Record<string, fc.Arbitrary<JsonValue>>,
            { requiredKeys: chosen.map((field) => field.name) },
          ),
        )
    }
    case 'list':
      return fc.array(orNull(bodyOf(schema.of, depth - 1)), { maxLength: 2 })
    case 'map':
      return fc.dictionary(fc.string({ maxLength: 3 }), orNull(bodyOf(schema.of, depth - 1)), {
        maxKeys: 2,
      })
    case 'string':
      return fc.string({ maxLength: 3 })
    case 'boolean':
      return fc.boolean()
    case 'int32':
      return fc.integer()
    case 'int64':
      return fc.oneof(fc.maxSafeInteger(), fc.constant(2n ** 62n))
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'byte':
      return fc.base64String({ maxLength: 8 })
    case 'Quantity':
      return fc.constantFrom<JsonValue>('1000m', '1', 1.5, '0', '1.5Gi', '1e3', 7)
    case 'IntOrString':
      return fc.oneof(fc.integer(), fc.string({ maxLength: 3 }))
    case 'Time':
      return fc.constantFrom<JsonValue>('2026-01-02T03:04:05.6+01:00', '0001-01-01T00:00:00Z', '2026-01-02T03:04:05Z')
    case 'MicroTime':
      return fc.constantFrom<JsonValue>('2026-01-02T03:04:05.600000+01:00', '0001-01-01T00:00:00.000000Z')
    case 'JSONSchemaPropsOrBool':
      return fc.boolean()
    case 'JSONSchemaPropsOrArray':
    case 'JSONSchemaPropsOrStringArray':
      return fc.constantFrom<JsonValue>({ type: 'string' }, [], 'x')
    default:
      return fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>
  }
}

describe('decoding twice', () => {
  const kinds = builtinResources().flatMap(({ versions }) => versions.map(({ kind }) => kind))

  it.each(kinds.map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))(
    'changes nothing: %s',
    (_name, kind) => {
      fc.assert(
        fc.property(bodyOf(schemas.struct(kind.definition), 6), (body) => {
          const once = kind.decode(body as JsonObject).object
          const twice = kind.decode(once)
          expect(encodeJson(twice.object)).toBe(encodeJson(once))
          expect(twice.unknownFields).toEqual([])
        }),
        { numRuns: 15 },
      )
    },
  )
})
