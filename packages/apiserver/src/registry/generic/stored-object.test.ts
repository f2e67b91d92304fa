import fc from 'fast-check'
import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { createStoredForm, storedBytes } from './stored-form.ts'
import { createKeptObject } from './stored-object.ts'

const form = createStoredForm({
  prefix: 'widgets',
  namespaced: true,
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  selectableFields: (object) => ({ 'spec.color': String((object['spec'] as JsonObject)['color']) }),
})
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
const key = '/registry/widgets/ns/a'

describe('the bytes that storage keeps', () => {
  test('kind, apiVersion, known metadata in order, nothing empty, the rest as it comes', () => {
    const object: KubeObject = {
      status: { a: 1 },
      metadata: {
        finalizers: [],
        labels: { b: '2', a: '1' },
        resourceVersion: '7',
        deletionGracePeriodSeconds: 0,
        generation: 0,
        uid: 'u',
        name: 'a',
        namespace: '',
        selfLink: '/x',
        annotations: {},
        extra: true,
      },
      apiVersion: 'other/v1',
      kind: 'Other',
      spec: {},
    }
    expect(text(storedBytes(form, object))).toBe(
      '{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"a","uid":"u","deletionGracePeriodSeconds":0,"labels":{"a":"1","b":"2"},"extra":true},"status":{"a":1},"spec":{}}',
    )
  })
})

describe('the object of stored bytes', () => {
  const value = storedBytes(form, { kind: '', apiVersion: '', metadata: { name: 'a' }, spec: { color: 'red' } })

  test('has its revision spliced in', () => {
    const object = createKeptObject(form, { key, value, revision: 12 })
    expect(text(object.bytes)).toBe(
      '{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"resourceVersion":"12","name":"a"},"spec":{"color":"red"}}',
    )
    expect(object.bytes).toBe(object.bytes)
  })

  test('has none when it was never stored', () => {
    expect(createKeptObject(form, { key, value, revision: 0 }).bytes).toEqual(value)
  })

  test('knows its place without being parsed', () => {
    const broken = createKeptObject(form, { key, value: Buffer.from('not json'), revision: 1 })
    expect(broken.nameFields).toEqual({ 'metadata.name': 'a', 'metadata.namespace': 'ns' })
    expect(() => broken.object()).toThrow()
  })

  test('tells labels and fields', () => {
    const object = createKeptObject(form, { key, value, revision: 1 })
    expect(object.labels).toEqual({})
    expect(object.fields).toEqual({ 'spec.color': 'red', 'metadata.name': 'a', 'metadata.namespace': 'ns' })
  })

  test('is the same at another revision, before and after its bytes were asked for', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.boolean(), fc.nat(), (labels, asked, revision) => {
        const stored = storedBytes(form, { kind: '', apiVersion: '', metadata: { labels }, spec: {} })
        const object = createKeptObject(form, { key, value: stored, revision: 3 })
        if (asked) expect(object.object().metadata.resourceVersion).toBe('3')
        const moved = object.atRevision(revision + 1)
        expect(moved.object()).toEqual(createKeptObject(form, { key, value: stored, revision: revision + 1 }).object())
        expect(moved.object().metadata).toEqual({
          resourceVersion: String(revision + 1),
          ...(Object.keys(labels).length > 0 && { labels }),
        })
      }),
    )
  })
})
