// Checks that packages and examples import only what the house allows (docs/architecture.md, "Packages"), that nothing
// reaches into another package's files, and that `node:` appears only where an edge is owned. Fails when it reads nothing.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * Package → packages that it may import, and whether it owns an edge (may import `node:`); `src/node`: in that folder only,
 * so that the rest runs in browsers.
 */
const rules = {
  apimachinery: { imports: [], edge: false },
  openapi: { imports: ['apimachinery'], edge: false },
  api: { imports: ['apimachinery', 'openapi'], edge: false },
  storage: { imports: [], edge: false },
  'storage-lmdb': { imports: ['storage'], edge: true },
  apiserver: { imports: ['apimachinery', 'openapi', 'api', 'storage'], edge: true },
  client: { imports: ['apimachinery'], edge: 'src/node' },
  'controller-runtime': { imports: ['apimachinery', 'client'], edge: 'src/node' },
  controllers: { imports: ['apimachinery', 'client', 'controller-runtime'], edge: false },
  'extension-server': {
    imports: ['apimachinery', 'openapi', 'api', 'storage', 'storage-lmdb', 'apiserver', 'client', 'controller-runtime'],
    edge: true,
  },
  aggregator: { imports: ['apimachinery', 'openapi', 'apiserver'], edge: true },
  fairlead: {
    imports: [
      'apimachinery',
      'openapi',
      'api',
      'storage',
      'storage-lmdb',
      'apiserver',
      'aggregator',
      'client',
      'controller-runtime',
      'controllers',
      'extension-server',
    ],
    edge: true,
  },
}

const importPattern =
  /(?:^|[\s;])(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s*['"]([^'"]+)['"]/gm
const problems = []
let filesRead = 0

for (const name of readdirSync(join(root, 'packages'))) {
  const rule = rules[name]
  if (rule) checkFolder({ name, rule, folder: join(root, 'packages', name, 'src') })
  else problems.push(`packages/${name}: not in the table of scripts/verify-boundaries.mjs`)
}
// Examples are programs as users write them: any package by its public entries, never each other.
const example = { imports: Object.keys(rules), edge: true }
for (const name of readdirSync(join(root, 'examples'))) {
  checkFolder({ name, rule: example, folder: join(root, 'examples', name, 'src') })
}
if (filesRead === 0) problems.push('no source file was read')
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log(`boundaries: ${filesRead} files, no forbidden import`)

function checkFolder({ name, rule, folder }) {
  for (const file of sources(folder)) {
    filesRead += 1
    const isTest = file.endsWith('.test.ts') || file.split(sep).includes('testing')
    const text = readFileSync(file, 'utf8')
    for (const specifier of specifiers(isTemplate(file) ? withoutTemplateLiterals(text) : text))
      check({ name, rule, folder, file, specifier, isTest })
  }
}

function check({ name, rule, folder, file, specifier, isTest }) {
  const where = relative(root, file)
  if (specifier.startsWith('node:')) {
    const isEdge = rule.edge === 'src/node' ? file.startsWith(join(folder, 'node') + sep) : rule.edge
    if (!isEdge && !isTest) problems.push(`${where}: ${name} owns no edge here and may not import ${specifier}`)
  } else if (specifier.startsWith('.')) {
    const target = resolve(dirname(file), specifier)
    // Tests may read the fact tables beside the sources.
    if (!target.startsWith(isTest ? dirname(folder) : folder))
      problems.push(`${where}: ${specifier} leaves the package`)
  } else {
    const other = /^@fairlead\/([^/]+)(\/.*)?$/.exec(specifier)
    if (!other) return
    if (!rule.imports.includes(other[1])) problems.push(`${where}: ${name} may not import @fairlead/${other[1]}`)
    // The part of a client that needs Node is an entry of its own, which browsers leave out.
    if (other[2] && !['/testing', '/node'].includes(other[2]))
      problems.push(`${where}: ${specifier} reaches into a package`)
    if (other[2] === '/testing' && !isTest) problems.push(`${where}: ${specifier} is for tests`)
  }
}

function* specifiers(text) {
  for (const match of text.matchAll(importPattern)) yield match[1] ?? match[2] ?? match[3]
}

/** Templates of projects: what their literals import is the project's to have, not the package's. */
function isTemplate(file) {
  return relative(root, dirname(file)) === join('packages', 'fairlead', 'src', 'scaffold', 'templates')
}

function withoutTemplateLiterals(text) {
  return text.replaceAll(/`(?:\\.|[^`\\])*`/gs, '``')
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (entry.name !== 'gen') yield* sources(path)
    } else if (entry.name.endsWith('.ts')) yield path
  }
}
