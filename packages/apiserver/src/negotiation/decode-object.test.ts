import { builtinKind } from '@fairlead/api'
import { encodeEnvelope, encodeJson, type JsonObject, setOwn } from '@fairlead/apimachinery'
import type { KindDescription } from '@fairlead/openapi'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWarningRecorder } from '../request/warning-headers.ts'
import { type DecodeTarget, decodeObject } from './decode-object.ts'
import type { WireFormat } from './media-type.ts'

const described = (group: string, version: string, kind: string): KindDescription => {
  const found = builtinKind({ group, version, kind })
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}
const configMap = described('', 'v1', 'ConfigMap')
const deployment = described('apps', 'v1', 'Deployment')
const pod = described('', 'v1', 'Pod')

const decode = (
  body: string | Uint8Array,
  { kind = configMap, format = 'json', fieldValidation = 'Warn' }: Partial<DecodeTarget> = {},
) => {
  const warnings = createWarningRecorder()
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const object = decodeObject(bytes, { kind, format, fieldValidation, warnings, findKind: builtinKind })
  return { object, warnings: warnings.texts }
}
const refusal = (body: string | Uint8Array, target: Partial<DecodeTarget> = {}) => {
  try {
    decode(body, target)
  } catch (error) {
    return error
  }
  return undefined
}
const nested = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels)

describe('good bodies', () => {
  test.each([
    ['json', '{"metadata":{"name":"a"},"data":{"k":"v"}}'],
    ['json', '\n {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"k":"v"}} '],
    ['json', '{"kind":"","apiVersion":null,"metadata":{"name":"a"},"data":{"k":"v"}}'],
    ['yaml', 'metadata:\n  name: a\ndata: {k: v}\n'],
    ['yaml', '{"kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}}'],
  ] as [WireFormat, string][])('%s %j', (format, body) => {
    const { object, warnings } = decode(body, { format })
    expect(object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' }, data: { k: 'v' } })
    expect(warnings).toEqual([])
  })

  test('null has the kind of the endpoint and nothing else', () => {
    expect(decode('null').object).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' })
  })

  test('large integers stay exact', () => {
    const { object } = decode('{"metadata":{"generation":9007199254740993}}')
    expect(object.metadata['generation']).toBe(9007199254740993n)
  })

  test('keys that are special to the language are data', () => {
    const { object } = decode('{"data":{"__proto__":"p","constructor":"c"}}')
    expect(Object.keys(object['data'] as JsonObject)).toEqual(['__proto__', 'constructor'])
    expect(({} as { p?: string }).p).toBeUndefined()
  })
})

describe('bodies without a kind that can be told', () => {
  const prefix = 'the object provided is unrecognized (must be of type ConfigMap): '
  const interpret = "couldn't get version/kind; json parse error: "
  test.each([
    ['json', '', `${interpret}unexpected end of JSON input (<empty>)`],
    ['json', '{"metadata":', `${interpret}unexpected end of JSON input ({"metadata":)`],
    ['json', '{"a":1}x', `${interpret}invalid character 'x' after top-level value ({"a":1}x)`],
    [
      'json',
      `{"metadata":{"name":"${'a'.repeat(30)}"`,
      `${interpret}unexpected end of JSON input ({"metadata":{"name":"aaaaaaaaa ...)`,
    ],
    [
      'json',
      '[]',
      `${interpret}json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)`,
    ],
    [
      'json',
      '"x"',
      `${interpret}json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (227822)`,
    ],
    [
      'json',
      '{"kind":1}',
      `${interpret}json: cannot unmarshal number into Go struct field .kind of type string ({"kind":1})`,
    ],
    ['json', '{"apiVersion":"a/b/c"}', 'unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c"})'],
    ['protobuf', '', 'empty data (<empty>)'],
    ['protobuf', '{}', 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})'],
    ['protobuf', 'k8s\0', 'empty body (6b387300)'],
  ] as [WireFormat, string, string][])('%s %j', (format, body, message) => {
    expect(refusal(body, { format })).toMatchObject({ code: 400, reason: 'BadRequest', message: prefix + message })
  })

  test.each([
    ['json', '{'],
    ['json', '{"a":\u0001}'],
    ['json', nested(10_001, '[', ']')],
    ['json', nested(200_000, '{"a":', '}')],
    ['yaml', 'a: b: c'],
    ['yaml', 'a: [1'],
    ['yaml', '\t- x'],
    ['yaml', 'a\n---\nb'],
    ['yaml', nested(200_000, '[', ']')],
    ['yaml', 'a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: *undefined'],
    ['protobuf', 'k8s\0\x0a\xff'],
    ['protobuf', `k8s\0${'\xff'.repeat(100)}`],
  ] as [WireFormat, string][])('%s %.40j', (format, body) => {
    const bytes = Buffer.from(body, format === 'protobuf' ? 'latin1' : 'utf8')
    expect(refusal(bytes, { format })).toMatchObject({ code: 400, message: expect.stringContaining(prefix) })
  })
})

describe('another kind or version', () => {
  test.each([
    [
      deployment,
      { apiVersion: 'apps/v1beta2', kind: 'Deployment' },
      'the API version in the data (apps/v1beta2) does not match the expected API version (apps/v1)',
    ],
    [
      deployment,
      { apiVersion: 'extensions/v1beta1', kind: 'Deployment' },
      'the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)',
    ],
    [
      deployment,
      { apiVersion: 'apps/v9', kind: 'Deployment' },
      'Deployment in version "v9" cannot be handled as a Deployment: no kind "Deployment" is registered for version "apps/v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      pod,
      { apiVersion: 'v1', kind: 'ConfigMap' },
      'ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion',
    ],
    [
      deployment,
      { apiVersion: 'v1', kind: 'Pod' },
      'Pod in version "v1" cannot be handled as a Deployment: converting (v1.Pod) to (apps.Deployment): unknown conversion',
    ],
    [
      pod,
      { apiVersion: 'v1', kind: 'Foo' },
      'Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      pod,
      { kind: 'pod' },
      'pod in version "v1" cannot be handled as a Pod: no kind "pod" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
  ] as [KindDescription, { apiVersion?: string; kind: string }, string][])('%#', (kind, type, message) => {
    expect(refusal(JSON.stringify(type), { kind })).toMatchObject({ code: 400, message })
    expect(refusal(JSON.stringify(type), { kind, format: 'yaml' })).toMatchObject({ code: 400, message })
    const envelope = encodeEnvelope({ apiVersion: type.apiVersion ?? '', kind: type.kind, raw: new Uint8Array() })
    expect(refusal(envelope, { kind, format: 'protobuf' })).toMatchObject({ code: 400, message })
  })
})

describe('values of the wrong type', () => {
  test.each([
    [
      'json',
      '{"metadata":"x"}',
      'ConfigMap',
      'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
    ],
    [
      'json',
      '{"data":{"k":1}}',
      'ConfigMap',
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'yaml',
      'data: [1]',
      'ConfigMap',
      'json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string',
    ],
  ] as [WireFormat, string, string, string][])('%s %s', (format, body, kind, detail) => {
    expect(refusal(body, { format })).toMatchObject({
      code: 400,
      message: `${kind} in version "v1" cannot be handled as a ConfigMap: ${detail}`,
    })
  })

  test('a protobuf message that is cut off', () => {
    const raw = configMap.protobuf?.encode({ metadata: { name: 'abc' }, data: { key: 'value' } }) ?? new Uint8Array()
    for (let length = 1; length < raw.length; length += 1) {
      const envelope = encodeEnvelope({ apiVersion: 'v1', kind: 'ConfigMap', raw: raw.subarray(0, length) })
      const error = refusal(envelope, { format: 'protobuf' })
      // A message that ends between two fields is a shorter message.
      if (error === undefined) continue
      expect(error).toMatchObject({ code: 400, message: expect.stringContaining('cannot be handled as a ConfigMap: ') })
    }
    expect(
      refusal(encodeEnvelope({ apiVersion: 'v1', kind: 'ConfigMap', raw: raw.subarray(0, 3) }), { format: 'protobuf' }),
    ).toBeDefined()
  })
})

describe('unknown and duplicate fields', () => {
  const body =
    '{"kind":"Deployment","foo":1,"metadata":{"name":"a","name":"b"},"spec":{"replicas":1,"bar":2,"bar":3,"template":{"spec":{"containers":[{"name":"c","image":"i","image":"j","x":{}}]}}},"zoo":1}'
  const problems = [
    'unknown field "foo"',
    'duplicate field "metadata.name"',
    'unknown field "spec.bar"',
    'duplicate field "spec.template.spec.containers[0].image"',
    'unknown field "spec.template.spec.containers[0].x"',
    'unknown field "zoo"',
  ]

  test('Ignore: the last of duplicates counts', () => {
    const { object, warnings } = decode(body, { kind: deployment, fieldValidation: 'Ignore' })
    expect([object.metadata.name, warnings]).toEqual(['b', []])
  })

  test('Warn', () => {
    const { object, warnings } = decode(body, { kind: deployment })
    expect([object.metadata.name, warnings]).toEqual(['b', problems])
    expect(object['foo']).toBeUndefined()
  })

  test('Strict', () => {
    expect(refusal(body, { kind: deployment, fieldValidation: 'Strict' })).toMatchObject({
      code: 400,
      message: `Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ${problems.join(', ')}`,
    })
  })

  test('YAML: all duplicates in one block, unknown fields by their sorted keys', () => {
    const yaml = 'zoo: 1\nmetadata:\n  name: a\n  name: b\nspec:\n  foo: 1\n  bar: 2\ndata: {k: v, k: w}\n'
    const lines = ['line 4: key "name" already set in map', 'line 8: key "k" already set in map']
    const unknown = ['unknown field "spec"', 'unknown field "zoo"']
    expect(decode(yaml, { format: 'yaml' }).warnings).toEqual([...lines, ...unknown])
    expect(refusal(yaml, { format: 'yaml', fieldValidation: 'Strict' })).toMatchObject({
      message: `ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  ${lines.join('\n  ')}, ${unknown.join(', ')}`,
    })
  })

  test('no more than 100', () => {
    const many: JsonObject = {}
    for (let index = 0; index < 5000; index += 1) setOwn(many, `field${index}`, 1)
    expect(decode(encodeJson(many)).warnings).toHaveLength(100)
  })

  test('many duplicates and long keys take no time to speak of', () => {
    const key = 'k'.repeat(5000)
    const members = Array.from({ length: 300 }, (_, index) => `"${key}${index}":1,"${key}${index}":2`).join(',')
    const hostile = `{"metadata":{"labels":{"a":"b","a":"c"}},"x":{${members}},"${key}":{${members}}}`
    expect(decode(hostile).warnings.length).toBeGreaterThan(90)
  })
})

test('any bytes are decoded or refused with 400', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 80 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
      ),
      fc.constantFrom<WireFormat>('json', 'yaml', 'protobuf'),
      (bytes, format) => {
        const error = refusal(bytes, { format })
        if (error !== undefined) expect(error).toMatchObject({ code: 400 })
      },
    ),
  )
})
