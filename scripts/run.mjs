// The commands of package.json. Each first makes sure that dependencies, generated sources and the build are up to
// date, so that it works alone on a fresh clone; what is up to date already costs only the look.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

const commands = {
  start: (args) => runServer(['up', ...args]),
  test: (args) => run(process.execPath, [bin('vitest'), 'run', ...args]),
  bench: (args) => run(process.execPath, [join('bench', 'run.mjs'), ...args]),
  interop: (args) => run(process.execPath, [join('scripts', 'interop.mjs'), ...args]),
  build: () => {},
}

const [name, ...rest] = process.argv.slice(2)
const command = commands[name]
if (!command) {
  console.error(`usage: node scripts/run.mjs ${Object.keys(commands).join('|')} [ARGUMENT ...]`)
  process.exit(2)
}
requireNode(20, 19)
install()
generate()
build()
command(rest)

function requireNode(major, minor) {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number)
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return
  console.error(`fairlead needs Node ${major}.${minor} or newer; this is ${process.versions.node}`)
  process.exit(1)
}

/** `npm ci` when the lock file is not the one that node_modules was made from. */
function install() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).update(process.versions.modules).digest('hex')
  const stamp = join(root, 'node_modules', '.fairlead-installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  step('Installing dependencies')
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, digest)
}

/** Generated sources; the generator itself sees whether its inputs changed. */
function generate() {
  run(process.execPath, [join('packages', 'api', 'scripts', 'generate.mjs')])
}

/** `tsc -b`, and the command in few files, when a source is newer than the last build. */
function build() {
  const stamp = join(root, 'node_modules', '.fairlead-built')
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0
  if (newestSource() < built) return
  step('Building')
  run(process.execPath, [bin('tsc'), '-b'])
  run(process.execPath, [join('scripts', 'bundle.mjs')])
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, '')
}

function newestSource() {
  let newest = 0
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) visit(path)
      else if (/\.(ts|json)$/.test(entry.name)) newest = Math.max(newest, statSync(path).mtimeMs)
    }
  }
  visit(join(root, 'packages'))
  visit(join(root, 'examples'))
  for (const file of ['tsconfig.json', 'tsconfig.base.json', 'package-lock.json']) {
    newest = Math.max(newest, statSync(join(root, file)).mtimeMs)
  }
  // A build that is missing is older than any source.
  const outputs = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'dist', 'index.js'))
  outputs.push(join(root, 'packages', 'fairlead', 'dist', 'bundle', 'main.js'))
  outputs.push(...readdirSync(join(root, 'examples')).map((name) => join(root, 'examples', name, 'dist', 'main.js')))
  return outputs.every((path) => existsSync(path)) ? newest : Number.POSITIVE_INFINITY
}

/** The JavaScript file of a development dependency's command. */
function bin(command) {
  const packages = { tsc: ['typescript', 'tsc'], vitest: ['vitest', 'vitest'] }
  const [packageName, binName] = packages[command]
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', packageName, 'package.json'), 'utf8'))
  const target = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[binName]
  return join(root, 'node_modules', packageName, target)
}

function step(text) {
  process.stderr.write(`${text} …\n`)
}

function run(file, args) {
  const result = spawnSync(file, args, { cwd: root, stdio: ['inherit', 'inherit', 'inherit'] })
  if (result.error) throw result.error
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** Starts the server from the folder in which the user typed the command; signals reach it through the terminal's group. */
function runServer(args) {
  const child = spawn(process.execPath, [join(root, 'packages', 'fairlead', 'bin', 'fairlead.js'), ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
