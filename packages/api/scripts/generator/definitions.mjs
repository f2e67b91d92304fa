// Joins the models of client-node with the fact tables into the 771 definitions of the 1.36 OpenAPI documents.

const expectedDefinitions = 771
const expectedGvkDefinitions = 193

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'
const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'

/** Definitions without a model, by the short name that the override table uses; `scalar` names the hand-written form. */
const leaves = {
  'api.resource.Quantity': ['io.k8s.apimachinery.pkg.api.resource.Quantity', 'Quantity'],
  'apis.meta.v1.Time': [`${meta}Time`, 'Time'],
  'apis.meta.v1.MicroTime': [`${meta}MicroTime`, 'MicroTime'],
  'util.intstr.IntOrString': ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'IntOrString'],
  'apis.meta.v1.FieldsV1': [`${meta}FieldsV1`, 'FieldsV1'],
  'runtime.RawExtension': ['io.k8s.apimachinery.pkg.runtime.RawExtension', 'RawExtension'],
  'apis.meta.v1.Patch': [`${meta}Patch`, undefined],
  'apiextensions.v1.JSON': [`${apiextensions}JSON`, 'JSON'],
  'apiextensions.v1.JSONSchemaPropsOrArray': [`${apiextensions}JSONSchemaPropsOrArray`, 'JSONSchemaPropsOrArray'],
  'apiextensions.v1.JSONSchemaPropsOrBool': [`${apiextensions}JSONSchemaPropsOrBool`, 'JSONSchemaPropsOrBool'],
  'apiextensions.v1.JSONSchemaPropsOrStringArray': [
    `${apiextensions}JSONSchemaPropsOrStringArray`,
    'JSONSchemaPropsOrStringArray',
  ],
  'apiextensions.v1.CustomResourceSubresourceStatus': [`${apiextensions}CustomResourceSubresourceStatus`, undefined],
  'io.k8s.api.apiserverinternal.v1alpha1.StorageVersionSpec': [
    'io.k8s.api.apiserverinternal.v1alpha1.StorageVersionSpec',
    undefined,
  ],
  'io.k8s.api.scheduling.v1alpha2.BasicSchedulingPolicy': [
    'io.k8s.api.scheduling.v1alpha2.BasicSchedulingPolicy',
    undefined,
  ],
}

/** Map of definition name → definition, sorted by name; the protobuf-only structs (`embedded`) come last. */
export function buildDefinitions(models, tables) {
  const names = definitionNames(tables)
  const modelNames = matchModels(models, names)
  const definitionOfModel = new Map([...modelNames].map(([definition, model]) => [model, definition]))
  const gvks = groupVersionKinds(tables['builtin-resources'])
  const all = [...modelNames.keys(), ...Object.values(leaves).map(([name]) => name)].sort()
  if (new Set(all).size !== expectedDefinitions)
    throw new Error(`${all.length} definitions, not ${expectedDefinitions}`)
  const result = new Map()
  for (const name of all) {
    const model = models.get(modelNames.get(name) ?? '')
    const properties = (model?.properties ?? []).map((property) => ({
      ...property,
      type: typeOf(name, property, { definitionOfModel, overrides: tables['scalar-overrides'].fields }),
    }))
    result.set(name, definition(name, properties, tables, gvks))
  }
  const withGvk = [...result.values()].filter((entry) => entry.gvks.length > 0).length
  if (withGvk !== expectedGvkDefinitions) throw new Error(`${withGvk} definitions with a kind`)
  checkTables(result, tables)
  addEmbedded(result, tables['protobuf-fields'].types)
  return result
}

function definition(name, properties, tables, gvks) {
  const goFields = tables['go-fields'].types[name] ?? {}
  const order = Object.keys(goFields)
  const protobuf = tables['protobuf-fields'].types[name] ?? {}
  const scalar = Object.values(leaves).find(([leaf]) => leaf === name)?.[1]
  const markers = tables['list-markers']
  const facts = {
    go: goFields,
    presence: presenceOf(name, properties, tables),
    marker: tables['defaults-enums'].markerDefaults[name] ?? {},
    zero: tables['defaults-enums'].zeroDefaults[name] ?? {},
    enums: tables['defaults-enums'].enumFields[name] ?? {},
    enumValues: tables['defaults-enums'].enums,
    markers: markers.fields[name] ?? {},
    protobuf,
  }
  for (const property of properties) {
    if (!order.includes(property.name) && order.length > 0) throw new Error(`${name}.${property.name} has no Go type`)
  }
  const sorted = [...properties].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  return {
    name,
    embedded: false,
    scalar,
    gvks: gvks.get(name) ?? [],
    atomic: markers.atomicTypes.includes(name),
    unions: markers.unions[name],
    embeds: embedsOf(name, protobuf),
    fields: sorted.map((property) => field(property, facts)),
  }
}

function field(property, facts) {
  const { name, type, required } = property
  const go = facts.go[name] ?? ''
  const marker = facts.markers[name] ?? {}
  const enumName = facts.enums[name]
  return {
    name,
    type,
    required,
    pointer: go.startsWith('*'),
    omitZero: go.startsWith('~'),
    goType: go.replace(/^[*~]+/, ''),
    presence: facts.presence[name],
    default: facts.marker[name],
    zeroDefault: facts.zero[name],
    enum: enumName === undefined ? undefined : facts.enumValues[enumName],
    number: facts.protobuf[name]?.[0],
    ...marker,
  }
}

/** Structs that are messages of their own on the wire although JSON flattens them into their parent. */
function embedsOf(name, protobuf) {
  const scope = name.slice(0, name.lastIndexOf('.') + 1)
  return Object.entries(protobuf)
    .map(([key, [number]]) => [/^<inline (\w+)>$/.exec(key)?.[1], number])
    .filter(([type]) => type !== undefined)
    .map(([type, number]) => [number, embeddedName(scope, type)])
}

function embeddedName(scope, type) {
  const shared = ['RuleWithOperations', 'Rule']
  return (shared.includes(type) ? 'io.k8s.api.admissionregistration.v1.' : scope) + type
}

/** Adds the flattened structs that are no definitions, with the field types of a definition that embeds them. */
function addEmbedded(result, protobuf) {
  const missing = [...result.values()].flatMap((outer) =>
    outer.embeds.map(([, name]) => [name, outer]).filter(([name]) => !result.has(name)),
  )
  for (const [name, outer] of missing) {
    if (result.has(name)) continue
    const numbers = protobuf[name]
    if (numbers === undefined) throw new Error(`${name} has no protobuf fields`)
    const fields = outer.fields
      .filter((entry) => numbers[entry.name] !== undefined)
      .map((entry) => ({ ...entry, number: numbers[entry.name][0] }))
    if (fields.length !== Object.keys(numbers).length) throw new Error(`${name} is not flattened in ${outer.name}`)
    const empty = { gvks: [], atomic: false, unions: undefined, embeds: [], scalar: undefined }
    result.set(name, { name, embedded: true, ...empty, fields })
  }
}

function presenceOf(name, properties, tables) {
  const listed = tables['json-presence'].fields[name]
  if (listed !== undefined)
    return Object.fromEntries(Object.entries(listed).map(([key, text]) => [key, JSON.parse(text)]))
  const zero = tables['defaults-enums'].zeroDefaults[name] ?? {}
  const required = properties.filter((property) => property.required && zero[property.name] !== undefined)
  return Object.fromEntries(required.map((property) => [property.name, zero[property.name]]))
}

function definitionNames(tables) {
  const names = new Set([
    ...Object.keys(tables['protobuf-fields'].types),
    ...Object.keys(tables['json-presence'].fields),
    ...Object.keys(tables['defaults-enums'].zeroDefaults),
    ...Object.keys(tables['list-markers'].fields),
  ])
  return [...names].sort()
}

/** Map of definition → model. Model names are version + kind, with the group in front where that is ambiguous. */
function matchModels(models, names) {
  const byModel = new Map()
  for (const name of names) {
    const [kind, version, group] = name.split('.').reverse()
    for (const candidate of [capital(version) + kind, capital(group) + capital(version) + kind]) {
      byModel.set(candidate, [...(byModel.get(candidate) ?? []), name])
    }
  }
  const result = new Map()
  for (const model of models.keys()) {
    const candidates = byModel.get(model) ?? []
    if (candidates.length !== 1) throw new Error(`model ${model} is ${candidates.join(' or ') || 'unknown'}`)
    result.set(candidates[0], model)
  }
  return result
}

const capital = (text) => text[0].toUpperCase() + text.slice(1)

const scalarTypes = { string: 's', boolean: 'b', Date: 'apis.meta.v1.Time', IntOrString: 'util.intstr.IntOrString' }
const formatTypes = { int32: 'i', int64: 'l', double: 'd', byte: 'y', 'date-time-micro': 'apis.meta.v1.MicroTime' }

/** `[` list of, `{` map of, then a scalar letter or `@` and a definition name. */
function typeOf(name, property, { definitionOfModel, overrides }) {
  const override = overrides[name]?.[property.name]
  if (override !== undefined) {
    const prefix = { ref: '', list: '[', map: '{' }[override[1]]
    return `${prefix}@${leaves[override[0]]?.[0] ?? override[0]}`
  }
  let prefix = ''
  let type = property.type
  for (;;) {
    const list = /^Array<(.*)>$/.exec(type)
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
    if (list === null && map === null) break
    prefix += list !== null ? '[' : '{'
    type = (list ?? map)[1]
  }
  const format = formatTypes[property.format]
  const simple =
    type === 'Date' || type === 'V1MicroTime' || type === 'number' || type === 'string' ? format : undefined
  const token = simple ?? scalarTypes[type]
  if (token !== undefined) return prefix + (token.length === 1 ? token : `@${leaves[token][0]}`)
  const referenced = definitionOfModel.get(type)
  if (referenced === undefined) throw new Error(`${name}.${property.name} has the unknown type ${property.type}`)
  return `${prefix}@${referenced}`
}

/** Every kind that a document publishes with x-kubernetes-group-version-kind, by definition. */
function groupVersionKinds({ meta: facts, resources }) {
  const result = new Map()
  const add = (name, group, version, kind) => {
    const list = result.get(name) ?? []
    if (!list.some((entry) => entry.join() === [group, version, kind].join())) list.push([group, version, kind])
    result.set(name, list)
  }
  for (const { group, version, kind, verbs } of resources) {
    const scope = `${facts.openapiPackageByGroup[group]}.${version}.`
    add(scope + kind, group, version, kind)
    if (verbs.includes('list')) add(`${scope}${kind}List`, group, version, `${kind}List`)
  }
  for (const entry of [...facts.nonResourceKinds, '/v1/APIGroupList', '/v1/APIResourceList']) {
    const [group, version, kind] = entry.split('/')
    const scope = group === '' ? meta : `${facts.openapiPackageByGroup[group]}.${version}.`
    add(scope + kind, group, version, kind)
  }
  for (const entry of facts.optionsGroupVersions) {
    const [group, version] = entry.split('/')
    add(`${meta}DeleteOptions`, group, version, 'DeleteOptions')
    add(`${meta}WatchEvent`, group, version, 'WatchEvent')
  }
  return result
}

/** A fact about a field that no definition has is a typing error in a table. */
function checkTables(result, tables) {
  const embeddedOnly = (name) => !result.has(name)
  for (const table of [
    tables['json-presence'].fields,
    tables['list-markers'].fields,
    tables['defaults-enums'].markerDefaults,
    tables['defaults-enums'].zeroDefaults,
    tables['defaults-enums'].enumFields,
  ]) {
    for (const [name, fields] of Object.entries(table)) {
      if (embeddedOnly(name)) continue
      const known = new Set(result.get(name).fields.map((entry) => entry.name))
      for (const key of Object.keys(fields)) if (!known.has(key)) throw new Error(`no field ${name}.${key}`)
    }
  }
}
