import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'

/**
 * The resources of an APIResourceList as the aggregated document lists them: subresources below their resource, which is
 * made up where it is not served itself. A kind without group and version is one of the list's own.
 */
export function resourcesOfLegacyList(resources: readonly JsonValue[], group: string, version: string): JsonObject[] {
  const parents = new Map<string, JsonObject>()
  const entries = resources.filter(isJsonObject)
  for (const entry of entries) {
    const name = textOf(entry['name'])
    if (name === '' || name.includes('/')) continue
    parents.set(name, {
      resource: name,
      responseKind: responseKind(entry, group, version),
      scope: entry['namespaced'] === true ? 'Namespaced' : 'Cluster',
      singularResource: textOf(entry['singularName']),
      verbs: listOf(entry['verbs']),
      ...listed(entry, 'shortNames'),
      ...listed(entry, 'categories'),
    })
  }
  for (const entry of entries) {
    const [parentName = '', ...rest] = textOf(entry['name']).split('/')
    if (rest.length === 0) continue
    const parent = parents.get(parentName) ?? madeUp(parentName, entry)
    parents.set(parentName, parent)
    const subresources = listOf(parent['subresources'])
    const subresource = {
      subresource: rest.join('/'),
      responseKind: responseKind(entry, group, version),
      verbs: listOf(entry['verbs']),
    }
    parent['subresources'] = [...subresources, subresource]
  }
  return [...parents.values()]
}

/** An entry that a server wrote, made safe for clients that fail where a kind is missing (client-go 0.26). */
export function withResponseKinds(resource: JsonObject): JsonObject {
  const subresources = listOf(resource['subresources']).filter(isJsonObject)
  return {
    ...resource,
    responseKind: resource['responseKind'] ?? noKind,
    ...(subresources.length > 0
      ? { subresources: subresources.map((entry) => ({ ...entry, responseKind: entry['responseKind'] ?? noKind })) }
      : {}),
  }
}

const noKind: JsonObject = { group: '', version: '', kind: '' }

function madeUp(resource: string, { namespaced }: JsonObject): JsonObject {
  return {
    resource,
    responseKind: noKind,
    scope: namespaced === true ? 'Namespaced' : 'Cluster',
    singularResource: '',
    verbs: [],
  }
}

function responseKind(entry: JsonObject, group: string, version: string): JsonObject {
  const elsewhere = textOf(entry['group']) !== '' || textOf(entry['version']) !== ''
  return {
    group: elsewhere ? textOf(entry['group']) : group,
    version: elsewhere ? textOf(entry['version']) : version,
    kind: textOf(entry['kind']),
  }
}

function listed(entry: JsonObject, name: string): JsonObject {
  const values = listOf(entry[name])
  return values.length > 0 ? { [name]: values } : {}
}

function listOf(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
