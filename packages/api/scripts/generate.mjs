// Writes packages/api/src/gen from the installed dev dependencies and the fact tables in packages/api/data.
// Does nothing when no input has changed since the last run.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readModels } from './generator/client-node.mjs'
import { buildDefinitions } from './generator/definitions.mjs'
import { encodeDefinitions } from './generator/encode.mjs'
import { buildResources } from './generator/resources.mjs'
import { readTexts } from './generator/texts.mjs'

const scripts = dirname(fileURLToPath(import.meta.url))
const data = join(scripts, '../data')
const out = join(scripts, '../src/gen')
const require = createRequire(import.meta.url)

const sources = {
  clientNode: packageFolder('@kubernetes/client-node'),
  models: packageFolder('kubernetes-models'),
  apimachineryModels: packageFolder('@kubernetes-models/apimachinery'),
}
const outputs = ['definitions.ts', 'texts.ts', 'resources.ts']
const stampFile = join(out, '.stamp')
const stamp = inputHash()
const current =
  existsSync(stampFile) &&
  readFileSync(stampFile, 'utf8') === stamp &&
  outputs.every((name) => existsSync(join(out, name)))
if (!current) generate()

function generate() {
  const started = performance.now()
  const tables = Object.fromEntries(
    readdirSync(data)
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name.slice(0, -'.json'.length), JSON.parse(readFileSync(join(data, name), 'utf8'))]),
  )
  const models = readModels(join(sources.clientNode, 'dist/gen/models'))
  const definitions = buildDefinitions(models, tables)
  const texts = readTexts({ definitions, models, folders: [sources.models, sources.apimachineryModels] })
  const resources = buildResources(tables)
  mkdirSync(out, { recursive: true })
  writeModule('definitions.ts', 'definitionsJson', encodeDefinitions(definitions))
  writeModule('texts.ts', 'textsJson', texts)
  writeModule('resources.ts', 'resourcesJson', resources)
  writeFileSync(stampFile, stamp)
  const count = [...definitions.values()].filter((definition) => !definition.embedded).length
  console.log(`api: generated ${count} definitions in ${Math.round(performance.now() - started)} ms`)
}

function writeModule(file, name, value) {
  const literal = JSON.stringify(value).replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  writeFileSync(join(out, file), `export const ${name}: string = '${literal}'\n`)
}

function packageFolder(name) {
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = join(folder, name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
  }
  throw new Error(`${name} is not installed`)
}

function inputHash() {
  const hash = createHash('sha256')
  const files = [
    ...Object.values(sources).map((folder) => join(folder, 'package.json')),
    join(scripts, 'generate.mjs'),
    ...readdirSync(join(scripts, 'generator'))
      .sort()
      .map((name) => join(scripts, 'generator', name)),
    ...readdirSync(data)
      .sort()
      .map((name) => join(data, name)),
  ]
  for (const file of files) hash.update(file.slice(dirname(scripts).length)).update(readFileSync(file))
  return hash.digest('hex')
}
