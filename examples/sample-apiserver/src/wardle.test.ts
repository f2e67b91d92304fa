import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { betaFlunders, fischers, flunders, startWardle, type Wardle } from './testing/wardle.ts'

let wardle: Wardle
beforeEach(async () => {
  wardle = await startWardle()
})
afterEach(() => wardle.close())

const flunder = (name: string, spec: object = {}) => ({ metadata: { name }, spec })

describe('SMP-1 SMP-6: what discovery says', () => {
  test('v1beta1 comes first and has Flunders alone', async () => {
    const { body } = await wardle.call('GET', '/apis/wardle.example.com')
    expect(body.versions.map(({ version }: { version: string }) => version)).toEqual(['v1beta1', 'v1alpha1'])
    expect(body.preferredVersion.version).toBe('v1beta1')
    const names = async (version: string) =>
      (await wardle.call('GET', `/apis/wardle.example.com/${version}`)).body.resources.map(
        ({ name, namespaced, kind, shortNames }: Record<string, unknown>) => [name, namespaced, kind, shortNames],
      )
    expect(await names('v1beta1')).toEqual([['flunders', true, 'Flunder', undefined]])
    expect(await names('v1alpha1')).toEqual([
      ['fischers', false, 'Fischer', undefined],
      ['flunders', true, 'Flunder', undefined],
    ])
  })

  test('both versions of Flunders have the storage version v1alpha1', async () => {
    const hashes = await Promise.all(
      ['v1alpha1', 'v1beta1'].map(async (version) => {
        const { resources } = (await wardle.call('GET', `/apis/wardle.example.com/${version}`)).body
        return resources.find(({ name }: { name: string }) => name === 'flunders').storageVersionHash
      }),
    )
    expect(hashes[0]).toEqual(expect.any(String))
    expect(hashes[1]).toBe(hashes[0])
  })
})

describe('SMP-2: fields', () => {
  test('an empty Flunder has an empty spec and status, and no generation', async () => {
    const { status, body } = await wardle.call('POST', flunders, { metadata: { name: 'sample' } })
    expect(status).toBe(201)
    expect(body).toEqual({
      apiVersion: 'wardle.example.com/v1alpha1',
      kind: 'Flunder',
      metadata: expect.not.objectContaining({ generation: expect.anything() }),
      spec: {},
      status: {},
    })
    expect((await wardle.call('GET', `${betaFlunders}/sample`)).body).toMatchObject({ spec: {}, status: {} })
  })

  test('a Fischer has its names at the top', async () => {
    await wardle.call('POST', fischers, { metadata: { name: 'f' }, disallowedFlunders: ['a', 'b'] })
    const { body } = await wardle.call('GET', `${fischers}/f`)
    expect(Object.keys(body)).toEqual(['kind', 'apiVersion', 'metadata', 'disallowedFlunders'])
    expect(body.disallowedFlunders).toEqual(['a', 'b'])
  })
})

describe('SMP-3 SMP-4: defaults and conversion', () => {
  test.each<[string, object, object, object]>([
    [
      'a reference alone is one to a Flunder',
      { reference: 'a' },
      { reference: 'a', referenceType: 'Flunder' },
      { flunderReference: 'a', referenceType: 'Flunder' },
    ],
    [
      'an empty type is no type',
      { reference: 'a', referenceType: '' },
      { reference: 'a', referenceType: 'Flunder' },
      { flunderReference: 'a', referenceType: 'Flunder' },
    ],
    [
      'a Fischer',
      { reference: 'a', referenceType: 'Fischer' },
      { reference: 'a', referenceType: 'Fischer' },
      { fischerReference: 'a', referenceType: 'Fischer' },
    ],
    ['nothing', { reference: '' }, {}, {}],
  ])('%s', async (_title, sent, alpha, beta) => {
    expect((await wardle.call('POST', flunders, flunder('a', sent))).body.spec).toEqual(alpha)
    expect((await wardle.call('GET', `${betaFlunders}/a`)).body.spec).toEqual(beta)
  })

  test('v1beta1 has no default', async () => {
    const { body } = await wardle.call('POST', betaFlunders, flunder('a', { flunderReference: 'b' }))
    expect(body.code).toBe(422)
  })

  test('an unknown type, which only updates let in, drops the reference', async () => {
    await wardle.call('POST', flunders, flunder('a'))
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patch = { spec: { reference: 'b', referenceType: 'Other' } }
    const { status, body } = await wardle.call('PATCH', `${flunders}/a`, patch, headers)
    expect([status, body.spec]).toEqual([200, { referenceType: 'Other' }])
    expect((await wardle.call('GET', `${betaFlunders}/a`)).body.spec).toEqual({ referenceType: 'Other' })
  })
})

describe('SMP-5: validation', () => {
  const fischer = 'spec.fischerReference'
  const type = 'spec.referenceType'
  test.each<[string, object, string]>([
    [
      betaFlunders,
      { flunderReference: 'a', fischerReference: 'b', referenceType: 'Fischer' },
      `${fischer}: Invalid value: "b": cannot be set with flunderReference at the same time`,
    ],
    [
      betaFlunders,
      { flunderReference: 'a', referenceType: 'Fischer' },
      'spec.flunderReference: Invalid value: "a": cannot be set if referenceType is not Flunder',
    ],
    [
      betaFlunders,
      { fischerReference: 'b' },
      `${fischer}: Invalid value: "b": cannot be set if referenceType is not Fischer`,
    ],
    [
      betaFlunders,
      { referenceType: 'Fischer' },
      `${fischer}: Invalid value: "": cannot be empty if referenceType is Fischer`,
    ],
    [
      betaFlunders,
      { referenceType: 'Flunder' },
      'spec.flunderReference: Invalid value: "": cannot be empty if referenceType is Flunder',
    ],
    [betaFlunders, { referenceType: 'Other' }, `${type}: Invalid value: "Other": must be Flunder or Fischer`],
    [
      betaFlunders,
      { fischerReference: 'b', referenceType: 'Other' },
      `[${fischer}: Invalid value: "b": cannot be set if referenceType is not Fischer, ${type}: Invalid value: "Other": must be Flunder or Fischer]`,
    ],
    [
      flunders,
      { referenceType: 'Fischer' },
      `${fischer}: Invalid value: "": cannot be empty if referenceType is Fischer`,
    ],
    [
      flunders,
      { reference: 'a', referenceType: 'Other' },
      `${type}: Invalid value: "Other": must be Flunder or Fischer`,
    ],
  ])('POST %s %j', async (path, spec, problems) => {
    const { status, body } = await wardle.call('POST', path, flunder('bad', spec))
    expect(status).toBe(422)
    expect(body.message).toBe(`Flunder.wardle.example.com "bad" is invalid: ${problems}`)
    expect(body.reason).toBe('Invalid')
    expect((await wardle.call('GET', `${flunders}/bad`)).status).toBe(404)
  })

  test('updates are not validated', async () => {
    await wardle.call('POST', betaFlunders, flunder('a'))
    const headers = { 'content-type': 'application/merge-patch+json' }
    const both = { flunderReference: 'a', fischerReference: 'b', referenceType: 'Fischer' }
    const { status, body } = await wardle.call('PATCH', `${betaFlunders}/a`, { spec: both }, headers)
    expect([status, body.spec]).toEqual([200, { fischerReference: 'b', referenceType: 'Fischer' }])
  })
})

describe('SMP-6: strategy', () => {
  test('names are generated', async () => {
    const { status, body } = await wardle.call('POST', flunders, { metadata: { generateName: 'f-' } })
    expect([status, body.metadata.name]).toEqual([201, expect.stringMatching(/^f-[a-z0-9]{5}$/)])
  })

  test('PUT neither creates nor updates without a version', async () => {
    expect((await wardle.call('PUT', `${flunders}/a`, flunder('a'))).body).toMatchObject({
      code: 404,
      message: 'flunders.wardle.example.com "a" not found',
    })
    await wardle.call('POST', flunders, flunder('a'))
    const { body } = await wardle.call('PUT', `${flunders}/a`, flunder('a'))
    expect(body).toMatchObject({ code: 422, message: expect.stringContaining('must be specified for an update') })
  })

  test.each([flunders, betaFlunders, fischers])('the table of %s shows Name and Created At', async (path) => {
    await wardle.call('POST', path, flunder('a'))
    const { body } = await wardle.call('GET', path, undefined, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    })
    expect(body.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual(['Name', 'Created At'])
    expect(body.rows.map(({ cells }: { cells: unknown[] }) => cells[0])).toEqual(['a'])
  })

  test('field selectors know names and namespaces alone; labels select', async () => {
    await wardle.call('POST', flunders, { metadata: { name: 'a', labels: { 'sample-label': 'true' } } })
    await wardle.call('POST', flunders, flunder('b'))
    const names = async (selector: string) => {
      const { body } = await wardle.call('GET', `${flunders}?${selector}`)
      return body.items?.map(({ metadata }: { metadata: { name: string } }) => metadata.name) ?? body.message
    }
    expect(await names('fieldSelector=metadata.name%3Db')).toEqual(['b'])
    expect(await names('fieldSelector=metadata.namespace%3Ddefault')).toEqual(['a', 'b'])
    expect(await names('labelSelector=sample-label%3Dtrue')).toEqual(['a'])
    expect(await names('fieldSelector=spec.reference%3Da')).toContain(
      '"spec.reference" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
  })

  test('there is no status subresource', async () => {
    await wardle.call('POST', flunders, flunder('a'))
    expect((await wardle.call('GET', `${flunders}/a/status`)).status).toBe(404)
  })
})
