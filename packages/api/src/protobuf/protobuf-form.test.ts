import { readFileSync } from 'node:fs'
import {
  decodeEnvelope,
  encodeEnvelope,
  type JsonObject,
  type JsonValue,
  type MessageType,
  ProtobufSyntaxError,
  parseJson,
} from '@fairlead/apimachinery'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definition, definitionNames } from '../definitions/definitions.ts'
import { createMessageTypes } from './message-types.ts'
import { protobufForm } from './protobuf-form.ts'

/** Bodies that the Go serializer has written, with the objects that they hold. */
const goBodies = readFileSync(new URL('./testdata/go-bodies.json', import.meta.url), 'utf8')
const bodies = parseJson(goBodies) as unknown as readonly (JsonObject & {
  definition: string
  body: string
  object: JsonObject
})[]

function formOf(name: string) {
  const form = protobufForm(name)
  if (form === undefined) throw new Error(`${name} has no protobuf form`)
  return form
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

/** What is left of a value without members that say nothing; two such values mean the same. */
function essence(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => essence(item) ?? null)
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => [key, essence(member)] as const)
    const kept = members.filter(([, member]) => member !== undefined)
    return kept.length === 0 ? undefined : Object.fromEntries(kept)
  }
  return value === null || value === '' || value === 0 || value === false || value === '0' ? undefined : value
}

describe('bodies of the Go serializer', () => {
  test.each(bodies.map((entry) => ({ name: entry.definition, ...entry })))('$name', ({ definition, body, object }) => {
    const { kind, apiVersion, ...rest } = object as JsonObject & { kind: string; apiVersion: string }
    const bytes = bytesOf(body)
    const form = formOf(definition)
    expect(encodeEnvelope({ kind, apiVersion, raw: form.encode(object) })).toEqual(bytes)
    const envelope = decodeEnvelope(bytes)
    expect(envelope).toMatchObject({ kind, apiVersion })
    const decoded = form.decode(envelope.raw)
    expect(essence(decoded)).toEqual(essence(rest))
    expect(form.encode(decoded)).toEqual(form.encode(object))
  })

  test('zero values of pointers stay, others are left out', () => {
    const decoded = bodies
      .filter(({ definition }) => definition.endsWith('.Deployment'))
      .map(({ definition, body }) => formOf(definition).decode(decodeEnvelope(bytesOf(body)).raw))[0]
    const spec = decoded?.['spec'] as JsonObject
    expect(spec['replicas']).toBe(0)
    expect(spec['paused']).toBeUndefined()
    const podSpec = (spec['template'] as JsonObject)['spec'] as JsonObject
    expect(podSpec).toMatchObject({ enableServiceLinks: false, terminationGracePeriodSeconds: 0 })
    expect(podSpec).not.toHaveProperty('hostNetwork')
    expect(podSpec['securityContext']).toEqual({ runAsUser: 0, supplementalGroups: [1, -2, 9007199254740993n] })
  })
})

const resolve = createMessageTypes()
const spoken = definitionNames().filter((name) => protobufForm(name) !== undefined)

describe('forms', () => {
  test('exist for every definition with numbers', () => {
    expect(spoken.length).toBe(755)
    for (const name of [
      'nonsense',
      'io.k8s.apimachinery.pkg.version.Info',
      'io.k8s.apimachinery.pkg.apis.meta.v1.Time',
    ]) {
      expect(protobufForm(name)).toBeUndefined()
    }
    expect(protobufForm(spoken[0] ?? '')).toBe(protobufForm(spoken[0] ?? ''))
  })

  test('every kind that can be listed has a form for its list', () => {
    const lists = definitionNames().filter((name) => name.endsWith('List') && definition(name).kinds.length > 0)
    expect(lists.filter((name) => protobufForm(name) === undefined)).toEqual([])
  })

  test('kinds that no document publishes have one too', () => {
    const meta = 'io.k8s.apimachinery.pkg.apis.meta.'
    const cases: readonly (readonly [name: string, object: JsonObject, bytes: readonly number[]])[] = [
      [`${meta}v1.PartialObjectMetadataList`, { items: [] }, [10, 6, 10, 0, 18, 0, 26, 0]],
      [`${meta}v1beta1.PartialObjectMetadataList`, { items: [] }, [18, 6, 10, 0, 18, 0, 26, 0]],
      [`${meta}v1.CreateOptions`, { dryRun: ['All'] }, [10, 3, 65, 108, 108, 26, 0, 34, 0]],
      [`${meta}v1.UpdateOptions`, { fieldManager: 'm' }, [18, 1, 109, 26, 0]],
      [`${meta}v1.PatchOptions`, { force: false }, [16, 0, 26, 0, 34, 0]],
      [`${meta}v1.GetOptions`, { resourceVersion: '1' }, [10, 1, 49]],
    ]
    for (const [name, object, bytes] of cases) {
      expect([...formOf(name).encode(object)], name).toEqual(bytes)
    }
    expect(formOf(`${meta}v1.ListOptions`).decode(Uint8Array.of(24, 1, 40, 0, 88, 1))).toEqual({
      watch: true,
      timeoutSeconds: 0,
      sendInitialEvents: true,
    })
  })
})

const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 2 }),
  ),
})).value

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const int64 = fc.oneof(
  int32,
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
)
const seconds = fc.integer({ min: -62_135_596_799, max: 253_402_300_799 })
const base64 = fc.uint8Array({ maxLength: 9 }).map((bytes) => btoa(String.fromCharCode(...bytes)))

/** Objects of a message type, as JSON clients send them. Nested messages end at `depth`. */
function messageArbitrary(type: MessageType, depth: number): fc.Arbitrary<JsonObject> {
  const members: Record<string, fc.Arbitrary<JsonValue>> = {}
  for (const field of type.fields) {
    if (field.cardinality === 'embedded' && 'message' in field.type) {
      for (const inner of field.type.message.fields) addField(members, inner, depth)
    } else {
      addField(members, field, depth)
    }
  }
  return fc.record(members, { requiredKeys: [] })
}

function addField(
  members: Record<string, fc.Arbitrary<JsonValue>>,
  field: MessageType['fields'][number],
  depth: number,
): void {
  if (field.cardinality === 'embedded') {
    if ('message' in field.type) for (const inner of field.type.message.fields) addField(members, inner, depth)
    return
  }
  if ('message' in field.type && depth === 0) return
  const value = valueArbitrary(field.type, depth)
  if (field.cardinality === 'list') members[field.name] = fc.array(value, { minLength: 1, maxLength: 2 })
  else if (field.cardinality === 'map')
    members[field.name] = fc.dictionary(fc.string(), value, { minKeys: 1, maxKeys: 2 })
  else members[field.name] = value
}

function valueArbitrary(type: MessageType['fields'][number]['type'], depth: number): fc.Arbitrary<JsonValue> {
  switch (type.kind) {
    case 'string':
      return fc.string({ unit: 'grapheme' })
    case 'bytes':
      return base64
    case 'bool':
      return fc.boolean()
    case 'int32':
      return int32
    case 'int64':
      return int64
    case 'uint32':
      return fc.nat()
    case 'uint64':
      return fc.nat()
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'time':
      return seconds.map((value) => `${new Date(value * 1000).toISOString().slice(0, 19)}Z`)
    case 'microTime':
      return fc
        .tuple(seconds, fc.nat(999_999))
        .map(
          ([value, micros]) =>
            `${new Date(value * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`,
        )
    case 'quantity':
      return fc.nat().map((amount) => `${amount}Mi`)
    case 'intOrString':
      return fc.oneof(int32, fc.string())
    case 'json':
      return json
    case 'strings':
      return fc.array(fc.string(), { maxLength: 2 })
    case 'message':
      return messageArbitrary(type.message, depth - 1)
    case 'schemaOrList':
      return fc.oneof(
        messageArbitrary(type.message, 0),
        fc.array(messageArbitrary(type.message, 0), { minLength: 1, maxLength: 2 }),
      )
    case 'schemaOrBool':
      return fc.oneof(messageArbitrary(type.message, 0), fc.boolean())
    case 'schemaOrStrings':
      return fc.oneof(messageArbitrary(type.message, 0), fc.array(fc.string(), { minLength: 1, maxLength: 2 }))
  }
}

describe('every definition', () => {
  test('decodes what it encodes, and encodes that to the same bytes', () => {
    for (const name of spoken) {
      const form = formOf(name)
      const arbitrary = messageArbitrary(resolve(name), 2)
      fc.assert(
        fc.property(arbitrary, (object) => {
          const bytes = form.encode(object)
          const decoded = form.decode(bytes)
          expect(essence(decoded), name).toEqual(essence(object))
          expect(form.encode(decoded), name).toEqual(bytes)
        }),
        { numRuns: 4 },
      )
    }
  })

  test('of garbage and of cut or changed messages it makes an object or a syntax error', () => {
    const attempt = (name: string, bytes: Uint8Array): void => {
      try {
        formOf(name).decode(bytes)
      } catch (error) {
        expect(error, name).toBeInstanceOf(ProtobufSyntaxError)
      }
    }
    for (const name of spoken) {
      fc.assert(
        fc.property(
          messageArbitrary(resolve(name), 2),
          fc.uint8Array({ maxLength: 60 }),
          fc.nat(),
          (object, noise, at) => {
            const bytes = formOf(name).encode(object)
            attempt(name, noise)
            attempt(name, bytes.subarray(0, at % (bytes.length + 1)))
            const changed = Uint8Array.from(bytes)
            noise.forEach((byte, index) => {
              if (changed.length > 0) changed[(at + index * 7) % changed.length] = byte
            })
            attempt(name, changed)
          },
        ),
        { numRuns: 3 },
      )
    }
  })
})
