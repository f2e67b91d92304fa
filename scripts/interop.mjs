// `npm run test:interop`: tests with programs in other languages. Looks which toolchains there are, lets them fetch and
// build what they need into .cache/interop, runs vitest over interop/, and says what was skipped and why.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cache = join(root, '.cache', 'interop')
mkdirSync(cache, { recursive: true })

/**
 * Clients return the command that runs their checks, to which the path of a kubeconfig is added; others the paths of their
 * programs. Throws why it cannot.
 */
const members = {
  python() {
    const folder = join(root, 'interop', 'python')
    const environment = join(cache, 'python')
    const python = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', 'python')
    run(tool('python3'), ['-m', 'venv', environment])
    run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', join(folder, 'requirements.txt')])
    return [python, join(folder, 'checks.py')]
  },
  'client-go'() {
    return [goBuild(join(root, 'interop', 'client-go'), '.', 'client-go')]
  },
  'sample-apiserver'() {
    const folder = join(root, 'interop', 'sample-apiserver')
    const module = 'k8s.io/sample-apiserver'
    const server = goBuild(folder, module, 'sample-apiserver')
    return [server, etcd(), join(go(folder, ['list', '-m', '-f', '{{.Dir}}', module]).trim(), 'artifacts', 'example')]
  },
  elector() {
    return [goBuild(join(root, 'interop', 'client-go'), './elector', 'elector')]
  },
  'controller-runtime'() {
    return [goBuild(join(root, 'interop', 'controller-runtime'), '.', 'controller-runtime')]
  },
  'kube-apiserver'() {
    return [kubernetes('kube-apiserver'), etcd()]
  },
  'kube-controller-manager'() {
    return [kubernetes('kube-controller-manager')]
  },
  java() {
    const folder = join(root, 'interop', 'java')
    const classPath = join(cache, 'java-class-path')
    const java = tool('java')
    run(tool('mvn'), [
      '--quiet',
      '--batch-mode',
      `-Dmaven.repo.local=${join(cache, 'maven')}`,
      'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath',
      `-Dmdep.outputFile=${classPath}`,
      `--file=${join(folder, 'pom.xml')}`,
    ])
    return [java, '-cp', readFileSync(classPath, 'utf8').trim(), join(folder, 'Checks.java')]
  },
}

const commands = {}
const skipped = {}
for (const [name, prepare] of Object.entries(members)) {
  console.error(`Preparing ${name} …`)
  try {
    commands[name] = prepare()
  } catch (error) {
    skipped[name] = error.message
  }
}
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const config = join('interop', 'vitest.config.ts')
const result = spawnSync(process.execPath, [vitest, 'run', '--config', config, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, FAIRLEAD_INTEROP: JSON.stringify(commands) },
})
for (const [name, reason] of Object.entries(skipped)) console.error(`skipped ${name}: ${reason}`)
process.exit(result.status ?? 1)

/** The path of a program, looked for in PATH and then in `folders`. */
function tool(name, folders = []) {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...folders]) {
    const path = join(folder, name)
    if (spawnSync(path, [name === 'go' ? 'version' : '--version'], { stdio: 'ignore' }).status === 0) return path
  }
  throw new Error(`there is no ${name}`)
}

function etcd() {
  return goBuild(join(root, 'interop', 'sample-apiserver'), 'go.etcd.io/etcd/server/v3', 'etcd')
}

/** A program of Kubernetes itself, which tells its version. */
function kubernetes(name) {
  const folder = join(root, 'interop', 'kubernetes')
  const version = go(folder, ['list', '-m', '-f', '{{.Version}}', 'k8s.io/kubernetes']).trim()
  const flags = [`-ldflags=-s -w -X k8s.io/component-base/version.gitVersion=${version}`]
  return goBuild(folder, `k8s.io/kubernetes/cmd/${name}`, name, flags)
}

/** Builds a package of the module in `folder`; returns the program's path. */
function goBuild(folder, what, name, flags = []) {
  const program = join(cache, process.platform === 'win32' ? `${name}.exe` : name)
  go(folder, ['build', ...flags, '-o', program, what])
  return program
}

function go(folder, args) {
  // Without GOTOOLCHAIN an older Go would download a newer one.
  return run(tool('go', ['/usr/local/go/bin']), args, { cwd: folder, env: { GOTOOLCHAIN: 'local' } })
}

/** Runs a program to its end and returns what it printed. */
function run(file, args, { cwd = root, env = {} } = {}) {
  const { status, error, stderr, stdout } = spawnSync(file, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')} exited ${status}\n${stdout}${stderr}`)
  return stdout
}
