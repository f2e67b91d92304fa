// Reads the live models of @kubernetes/client-node: JSON names, types, formats, optionality and doc comments.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Properties over all live models of the pinned version. */
const expectedProperties = 3137
const expectedModels = 757

/** Map of model name → { properties: [{ name, type, format, required, text }], text }. */
export function readModels(folder) {
  const exported = readFileSync(join(folder, 'all.js'), 'utf8')
  const names = [...exported.matchAll(/'\.\.\/models\/(\w+)\.js'/g)].map((match) => match[1])
  const models = new Map(names.map((name) => [name, readModel(folder, name)]))
  const properties = [...models.values()].reduce((sum, model) => sum + model.properties.length, 0)
  if (models.size !== expectedModels) throw new Error(`client-node: ${models.size} models, not ${expectedModels}`)
  if (properties !== expectedProperties) {
    throw new Error(`client-node: ${properties} properties, not ${expectedProperties}`)
  }
  return models
}

function readModel(folder, name) {
  const code = readFileSync(join(folder, `${name}.js`), 'utf8')
  const start = code.indexOf('attributeTypeMap = [') + 'attributeTypeMap = '.length
  const attributes = JSON.parse(code.slice(start, code.indexOf('];', start) + 1))
  const types = readFileSync(join(folder, `${name}.d.ts`), 'utf8')
  const body = types.slice(types.indexOf('export declare class'))
  const text = unquoted(docText(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*export declare class/.exec(types)?.[1]))
  const fields = new Map()
  for (const match of body.matchAll(/(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?'([^'\n]+)'(\??): /g)) {
    fields.set(match[2], { text: unquoted(docText(match[1])), required: match[3] === '' })
  }
  const properties = attributes.map((attribute) => {
    const field = fields.get(attribute.name)
    if (field === undefined) throw new Error(`client-node: ${name}.${attribute.name} is not declared`)
    return { name: attribute.baseName, type: attribute.type, format: attribute.format, ...field }
  })
  return { properties, text }
}

/** client-node escapes double quotes in its comments. */
const unquoted = (text) => text.replaceAll('\\"', '"')

/** The text of a doc comment, one line per comment line. */
export function docText(comment) {
  if (comment === undefined) return ''
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .replaceAll('*\\/', '*/')
    .trim()
}
