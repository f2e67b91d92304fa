import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtinResources } from './builtin-resources.ts'
import { builtinKind } from './kinds.ts'

interface Row {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly namespaced: boolean
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly string[]
  readonly subresources: readonly {
    readonly name: string
    readonly group: string
    readonly kind: string
    readonly verbs: readonly string[]
  }[]
  readonly servedByDefault: boolean
}

const file = new URL('../../data/builtin-resources.json', import.meta.url)
const table = JSON.parse(readFileSync(file, 'utf8')) as { readonly resources: readonly Row[] }
const resources = builtinResources()

function find(group: string, resource: string): (typeof resources)[number] {
  const found = resources.find((entry) => entry.group === group && entry.resource === resource)
  if (found === undefined) throw new Error(`no resource ${resource}.${group}`)
  return found
}

describe('builtinResources', () => {
  it('has all 95 resource versions and nothing else', () => {
    const described = resources.flatMap(({ group, resource, versions }) =>
      versions.map(({ version }) => `${group}/${version}/${resource}`),
    )
    expect(described).toHaveLength(95)
    expect(described.sort()).toEqual(table.resources.map((row) => `${row.group}/${row.version}/${row.plural}`).sort())
  })

  it.each(table.resources.map((row) => [`${row.group}/${row.version}/${row.plural}`, row] as const))(
    '%s is described as the fact table has it',
    (_name, row) => {
      const resource = find(row.group, row.plural)
      const { group, kind, singular, namespaced, shortNames, categories, verbs, listKind } = resource
      expect({ group, kind, singular, namespaced, shortNames, categories, verbs, listKind }).toEqual({
        group: row.group,
        kind: row.kind,
        singular: row.singular,
        namespaced: row.namespaced,
        shortNames: row.shortNames,
        categories: row.categories,
        verbs: [...row.verbs].sort(),
        listKind: `${row.kind}List`,
      })
      const version = resource.versions.find((entry) => entry.version === row.version)
      expect(version?.servedByDefault).toBe(row.servedByDefault)
      expect(version?.kind).toMatchObject({ group: row.group, version: row.version, kind: row.kind })
      const subresources = resource.subresources.filter(
        ({ versions }) => versions === undefined || versions.includes(row.version),
      )
      expect(
        subresources.map(({ name, kind: body, verbs: mapped }) => ({
          name,
          group: body.group,
          kind: body.kind,
          verbs: mapped,
        })),
      ).toEqual(
        row.subresources.map((entry) => ({
          name: entry.name,
          group: entry.group,
          kind: entry.kind,
          verbs: [...entry.verbs].sort(),
        })),
      )
      for (const { type, kindDescription, kind: body } of subresources) {
        if (type.of === 'object') expect(kindDescription).toBeUndefined()
        else expect(kindDescription?.kind).toBe(body.kind)
      }
    },
  )

  it.each([
    ['apiextensions.k8s.io', 'customresourcedefinitions', 'v1', 'jfWCUB31mvA='],
    ['', 'pods', 'v1', 'xPOwRZ+Yhw8='],
    ['apps', 'deployments', 'v1', '8aSe+NMegvE='],
    ['autoscaling', 'horizontalpodautoscalers', 'v1', 'qwQve8ut294='],
    ['autoscaling', 'horizontalpodautoscalers', 'v2', 'qwQve8ut294='],
    ['events.k8s.io', 'events', 'v1', 'r2yiGXH7wu8='],
  ])('publishes the storage version hash of %s %s %s', (group, resource, version, hash) => {
    const found = find(group, resource).versions.find((entry) => entry.version === version)
    expect(found?.storageVersionHash).toBe(hash)
  })

  it('has 87 storage version hashes', () => {
    const versions = resources.flatMap((resource) => [...resource.versions])
    expect(versions.filter(({ storageVersionHash }) => storageVersionHash !== undefined)).toHaveLength(87)
  })

  it.each([
    ['', 'nodes', 'minions', 'v1'],
    ['', 'services', 'services/specs', 'v1'],
    ['', 'endpoints', 'services/endpoints', 'v1'],
    ['', 'replicationcontrollers', 'controllers', 'v1'],
    ['', 'events', 'events', 'v1'],
    ['events.k8s.io', 'events', 'events', 'v1'],
    ['networking.k8s.io', 'ingresses', 'ingress', 'networking.k8s.io/v1'],
    ['apps', 'deployments', 'deployments', 'apps/v1'],
    ['autoscaling', 'horizontalpodautoscalers', 'horizontalpodautoscalers', 'autoscaling/v2'],
    [
      'apiextensions.k8s.io',
      'customresourcedefinitions',
      'apiextensions.k8s.io/customresourcedefinitions',
      'apiextensions.k8s.io/v1',
    ],
    ['apiregistration.k8s.io', 'apiservices', 'apiregistration.k8s.io/apiservices', 'apiregistration.k8s.io/v1'],
    ['resource.k8s.io', 'resourceclaims', 'resourceclaims', 'resource.k8s.io/v1'],
    ['coordination.k8s.io', 'leasecandidates', 'leasecandidates', 'coordination.k8s.io/v1beta1'],
  ])('keeps %s %s below %s as %s', (group, resource, prefix, apiVersion) => {
    expect(find(group, resource).storage).toMatchObject({ prefix, apiVersion })
  })

  it('expires events after an hour and nothing else', () => {
    const expiring = resources.filter(({ storage }) => storage?.ttlSeconds !== undefined)
    expect(expiring.map(({ group, storage }) => [group, storage?.ttlSeconds])).toEqual([
      ['', 3600],
      ['events.k8s.io', 3600],
    ])
  })

  it('keeps nothing of create-only resources', () => {
    const kept = resources.filter(({ storage }) => storage === undefined).map(({ resource }) => resource)
    expect(kept.sort()).toEqual([
      'bindings',
      'componentstatuses',
      'localsubjectaccessreviews',
      'selfsubjectaccessreviews',
      'selfsubjectreviews',
      'selfsubjectrulesreviews',
      'subjectaccessreviews',
      'tokenreviews',
    ])
  })

  it('orders versions by preference', () => {
    const versions = (group: string, resource: string) => find(group, resource).versions.map(({ version }) => version)
    expect(versions('autoscaling', 'horizontalpodautoscalers')).toEqual(['v2', 'v1'])
    expect(versions('resource.k8s.io', 'resourceclaims')).toEqual(['v1', 'v1beta2', 'v1beta1'])
    expect(versions('admissionregistration.k8s.io', 'mutatingadmissionpolicies')).toEqual(['v1', 'v1beta1', 'v1alpha1'])
  })

  it('converts between versions', () => {
    const { versions } = find('storage.k8s.io', 'volumeattributesclasses')
    const beta = versions.find(({ version }) => version === 'v1beta1')
    const object = { kind: 'VolumeAttributesClass', apiVersion: 'storage.k8s.io/v1beta1', metadata: { name: 'a' } }
    const stored = beta?.toStorage(object)
    expect(stored).toEqual({ ...object, apiVersion: 'storage.k8s.io/v1' })
    expect(stored === undefined ? undefined : beta?.fromStorage(stored)).toEqual(object)
    const v1 = versions.find(({ version }) => version === 'v1')
    expect(stored === undefined ? undefined : v1?.fromStorage(stored)).toBe(stored)
  })
})

describe('builtinKind', () => {
  it.each([
    ['', 'v1', 'PodList'],
    ['', 'v1', 'Status'],
    ['', 'v1', 'DeleteOptions'],
    ['apps', 'v1', 'DeleteOptions'],
    ['meta.k8s.io', 'v1', 'DeleteOptions'],
    ['autoscaling', 'v1', 'Scale'],
    ['', 'v1', 'Binding'],
    ['policy', 'v1', 'Eviction'],
    ['policy', 'v1beta1', 'Eviction'],
    ['authentication.k8s.io', 'v1', 'TokenRequest'],
    ['authorization.k8s.io', 'v1', 'SubjectAccessReview'],
    ['meta.k8s.io', 'v1', 'PartialObjectMetadataList'],
  ])('knows %s %s %s', (group, version, kind) => {
    const found = builtinKind({ group, version, kind })
    expect(found).toMatchObject({ group, version, kind })
    expect(found?.definition).toMatch(new RegExp(`\\.${kind}$`))
    expect(found?.protobuf).toBeDefined()
  })

  it.each([
    ['', 'v1', 'Nothing'],
    ['apps', 'v1beta1', 'Deployment'],
    ['example.com', 'v1', 'Pod'],
  ])('does not know %s %s %s', (group, version, kind) => {
    expect(builtinKind({ group, version, kind })).toBeUndefined()
  })
})
