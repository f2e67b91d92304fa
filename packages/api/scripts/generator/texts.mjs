// Descriptions: from kubernetes-models (with line breaks, also for references), else from client-node.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { docText } from './client-node.mjs'

/** { definition name: [text, { field: text }] }. */
export function readTexts({ definitions, models, folders }) {
  const interfaces = new Map(folders.flatMap((folder) => [...declarations(folder)].map(readInterface)).filter(Boolean))
  const byModel = modelTexts(models)
  const result = {}
  for (const definition of definitions.values()) {
    if (definition.embedded) continue
    const own = interfaces.get(pascal(definition.name))
    const fallback = byModel(definition)
    const fields = {}
    for (const { name } of definition.fields) {
      const text =
        unescaped(own?.fields.get(name) ?? '', fallback?.fields.get(name)) || fallback?.fields.get(name) || ''
      if (text !== '') fields[name] = text
    }
    result[definition.name] = [unescaped(own?.text ?? '', fallback?.text) || fallback?.text || '', fields]
  }
  return result
}

/** Markdown escapes of kubernetes-models, where the other package shows that upstream has none. */
function unescaped(text, other) {
  if (!text.includes('\\') || (other?.includes('\\') ?? false)) return text
  return text.replaceAll(/\\([_*<>[\]`#])/g, '$1')
}

function modelTexts(models) {
  const texts = new Map(
    [...models].map(([name, { text, properties }]) => [
      name,
      { text, fields: new Map(properties.map((property) => [property.name, property.text])) },
    ]),
  )
  return ({ name }) => {
    const [kind, version, group] = name.split('.').reverse()
    const short = version[0].toUpperCase() + version.slice(1) + kind
    return texts.get(short) ?? texts.get(group[0].toUpperCase() + group.slice(1) + short)
  }
}

const pascal = (name) =>
  name
    .split(/[.-]/)
    .map((part) => part[0].toUpperCase() + part.slice(1))
    .join('')

function* declarations(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('_') || entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* declarations(path)
    else if (entry.name.endsWith('.d.ts') && entry.name !== 'index.d.ts') yield path
  }
}

function readInterface(file) {
  const code = readFileSync(file, 'utf8')
  const alias = /\bI(\w+) as I(Io\w+)/.exec(code)
  if (alias === null) return undefined
  const start = code.indexOf(`export interface I${alias[1]} {`)
  const body = code.slice(start, code.indexOf('\n}', start))
  const before = code.slice(0, start)
  const comment = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*$/.exec(before)?.[1]
  const fields = new Map()
  for (const match of body.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*"([^"\n]+)"\??: /g)) {
    if (!fields.has(match[2])) fields.set(match[2], docText(match[1]))
  }
  return [alias[2], { text: docText(comment), fields }]
}
