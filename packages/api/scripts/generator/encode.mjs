// The compact form of the definitions; packages/api/src/definitions/parse.ts reads it.

/**
 * { names, embedded, enums, definitions }: a definition is
 * [fields, { s: scalar, g: kinds, a: atomic, u: unions, e: embeds }], a field is
 * [name, type, flags, protobuf number, { g: Go type, p: presence, d: default, z: zero default, l, k, m, s, j, e }].
 * In a type `[` and `{` mean list and map, a number is an index into `names`. Flags: 1 required, 2 pointer, 4 omit zero.
 */
export function encodeDefinitions(definitions) {
  const names = [...definitions.keys()]
  const index = new Map(names.map((name, position) => [name, position]))
  const enums = []
  const entries = [...definitions.values()].map((definition) => {
    const fields = definition.fields.map((field) => encodeField(field, index, enums))
    const extra = compact({
      s: definition.scalar,
      g: definition.gvks.length > 0 ? definition.gvks : undefined,
      a: definition.atomic ? 1 : undefined,
      u: definition.unions,
      e:
        definition.embeds.length > 0 ? definition.embeds.map(([number, name]) => [number, index.get(name)]) : undefined,
    })
    return Object.keys(extra).length > 0 ? [fields, extra] : [fields]
  })
  const published = [...definitions.values()].filter((definition) => !definition.embedded).length
  return { names, published, enums, definitions: entries }
}

function encodeField(field, index, enums) {
  const type = field.type.replace(/@(.*)$/, (_, name) => String(index.get(name)))
  const flags = (field.required ? 1 : 0) + (field.pointer ? 2 : 0) + (field.omitZero ? 4 : 0)
  const extra = compact({
    g: field.goType === '' || field.goType === goTypeOf(field.type) ? undefined : field.goType,
    p: field.presence,
    d: field.default,
    z: field.zeroDefault,
    l: field.listType,
    k: field.listMapKeys,
    m: field.mapType,
    s: field.patchStrategy,
    j: field.patchMergeKey,
    e: field.enum === undefined ? undefined : enumIndex(field.enum, enums),
  })
  const entry = [field.name, type, flags, field.number ?? 0]
  if (Object.keys(extra).length > 0) entry.push(extra)
  return entry
}

const scalarGoTypes = { s: 'string', b: 'bool', i: 'int32', l: 'int64', d: 'float64', y: '[]uint8' }

/** The Go type that follows from the schema type alone; the reader derives it the same way. */
function goTypeOf(type) {
  if (type.startsWith('[')) return `[]${goTypeOf(type.slice(1))}`
  if (type.startsWith('{')) return `map[string]${goTypeOf(type.slice(1))}`
  if (type.startsWith('@')) return type.split('.').slice(-2).join('.')
  return scalarGoTypes[type]
}

function enumIndex(values, enums) {
  const key = JSON.stringify(values)
  const found = enums.findIndex((entry) => JSON.stringify(entry) === key)
  return found >= 0 ? found : enums.push(values) - 1
}

function compact(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
