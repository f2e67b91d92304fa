import { compareKubeVersions, formatGroupVersion, parseGroupVersion } from '@fairlead/apimachinery'
import type { ResourceDescription, ResourceStorage, ResourceVersion, Verb } from '@fairlead/openapi'
import { tableColumns } from '../printers/table-columns.ts'
import { generationRule } from '../strategies/generation.ts'
import { kindRules } from '../strategies/kind-rules.ts'
import { createStrategy, type StrategyInput } from '../strategies/strategy.ts'
import { deprecationOf } from './deprecations.ts'
import { fieldLabels } from './field-labels.ts'
import { describeKind } from './kind-description.ts'
import { type ResourceFacts, type ResourceTable, readResourceTable } from './resource-table.ts'
import { selectableFields } from './selectable-fields.ts'
import { storagePrefix } from './storage-prefixes.ts'
import { checksFinalizers, garbageCollectionDefault, returnsDeletedObject } from './strategy-facts.ts'
import { describeSubresources } from './subresources.ts'
import { convertTo } from './version-conversion.ts'

const eventTtlSeconds = 3600

/** Every built-in resource with all its versions, in the order of the groups in discovery. */
export function builtinResources(): readonly ResourceDescription[] {
  const table = readResourceTable()
  const byResource = new Map<string, ResourceFacts[]>()
  for (const facts of table.resources) {
    const key = `${facts.group}/${facts.plural}`
    byResource.set(key, [...(byResource.get(key) ?? []), facts])
  }
  return [...byResource.values()]
    .map((versions) => describeResource(versions, table))
    .sort((a, b) => table.groupOrder.indexOf(a.group) - table.groupOrder.indexOf(b.group))
}

function describeResource(unsorted: readonly ResourceFacts[], table: ResourceTable): ResourceDescription {
  const versions = [...unsorted].sort((a, b) => compareKubeVersions(a.version, b.version))
  const [preferred] = versions as [ResourceFacts]
  const { group, plural, kind } = preferred
  const isStored = preferred.verbs.includes('get') && preferred.verbs.includes('create')
  const storedVersion = storedApiVersion(preferred, table)
  const input = strategyInput(versions, { table, storedVersion })
  const storage: ResourceStorage = {
    prefix: storagePrefix({ group, resource: plural }),
    apiVersion: storedVersion,
    kind,
    ...(plural === 'events' ? { ttlSeconds: eventTtlSeconds } : undefined),
  }
  return {
    group,
    resource: plural,
    singular: preferred.singular,
    kind,
    listKind: `${kind}List`,
    namespaced: preferred.namespaced,
    shortNames: preferred.shortNames,
    categories: preferred.categories,
    verbs: ([...preferred.verbs] as Verb[]).sort(),
    versions: versions.map((facts) => describeVersion(facts, { table, storedVersion })),
    ...(isStored ? { storage } : undefined),
    strategy: createStrategy(input),
    subresources: describeSubresources(versions, input),
    ...(preferred.verbs.includes('get') ? { columns: tableColumns(group, kind) } : undefined),
  }
}

interface VersionContext {
  readonly table: ResourceTable
  readonly storedVersion: string
}

function describeVersion(facts: ResourceFacts, { table, storedVersion }: VersionContext): ResourceVersion {
  const { group, version, kind, storageVersionHash } = facts
  const deprecation = deprecationOf(facts)
  return {
    version,
    kind: describeKind(facts, `${table.packages[group]}.${version}.${kind}`),
    servedByDefault: facts.servedByDefault,
    toStorage: convertTo(kind, storedVersion),
    fromStorage: convertTo(kind, formatGroupVersion({ group, version })),
    fieldLabel: fieldLabels({ group, version, kind }),
    ...(storageVersionHash === undefined ? undefined : { storageVersionHash }),
    ...(deprecation === undefined ? undefined : { deprecation }),
  }
}

/**
 * The stored version. Definitions are stored in the only version that there is a schema of; the hash in discovery names
 * the older one all the same.
 */
function storedApiVersion({ group, version, kind }: ResourceFacts, table: ResourceTable): string {
  const own = formatGroupVersion({ group, version })
  return kind === 'CustomResourceDefinition' ? own : (table.storageVersions[`${group}/${kind}`] ?? own)
}

function strategyInput(versions: readonly ResourceFacts[], { table, storedVersion }: VersionContext): StrategyInput {
  const [{ group, plural, kind }] = versions as [ResourceFacts]
  const facts = table.strategies[group === '' ? plural : `${group}/${plural}`] ?? {}
  const stored = parseGroupVersion(storedVersion) ?? { group, version: storedVersion }
  return {
    definition: `${table.packages[stored.group]}.${stored.version}.${kind}`,
    createOnUpdate: facts.createOnUpdate === true,
    unconditionalUpdate: facts.unconditionalUpdate !== false,
    returnsDeletedObject: returnsDeletedObject(group, plural),
    garbageCollection: garbageCollectionDefault(group, plural),
    hasStatus: versions.some(({ subresources }) => subresources.some(({ name }) => name === 'status')),
    generation: generationRule(facts.generation),
    checksFinalizers: checksFinalizers(group),
    selectableFields: selectableFields(group, kind),
    rules: kindRules(group, plural),
  }
}
