import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kubectlFor } from '../support/kubectl.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane } from '../support/test-control-plane.ts'

const checkout = join(import.meta.dirname, '../..')
const program = join(checkout, 'packages/fairlead/bin/fairlead.js')
const flunder = ['--group', 'wardle.example.com', '--version', 'v1alpha1', '--kind', 'Flunder']

let folder: string
let remove: () => Promise<void>
beforeEach(async () => {
  const temporary = await temporaryFolder()
  folder = temporary.path
  remove = temporary.remove
})
afterEach(() => remove())

const createApi = (...args: string[]) => runCommand(process.execPath, [program, 'create-api', ...args], { cwd: folder })

/** Stands for `npm install`, as the packages come from this checkout. */
const install = (project: string) => symlink(join(checkout, 'node_modules'), join(project, 'node_modules'))

interface Program {
  /** Ends it and gives its exit code. */
  stop(): Promise<number | null>
  /** Resolves when it has said so often that it serves. */
  served(times: number): Promise<void>
  /** What it printed to standard error. */
  errors(): string
}

/** `node src/main.js` until it says that it serves. */
async function start(project: string, kubeconfig: string, ...args: readonly string[]): Promise<Program> {
  const env = { ...process.env, KUBECONFIG: kubeconfig }
  const child = spawn(process.execPath, ['src/main.js', ...args], { cwd: project, env, stdio: 'pipe' })
  const closed = once(child, 'close') as Promise<[number | null]>
  const lines: string[] = []
  let errors = ''
  let ended = false
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  void closed.then(() => {
    ended = true
  })
  const program: Program = {
    async stop() {
      child.kill('SIGTERM')
      const [code] = await closed
      return code
    },
    async served(times) {
      const count = () => lines.filter((line) => line.includes('is served at')).length
      await expect.poll(() => ended || count() >= times, { timeout: 30_000 }).toBe(true)
      if (ended) throw new Error(`the server ended: ${errors}`)
    },
    errors: () => errors,
  }
  await program.served(1)
  return program
}

describe('what is refused', () => {
  test('a folder with something in it stays as it is', async () => {
    await mkdir(join(folder, 'full'))
    await writeFile(join(folder, 'full/package.json'), 'mine')
    const { code, stdout, stderr } = await createApi(...flunder, '--directory', 'full')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe('fairlead: --directory "full": expected an empty folder or none; this one holds package.json\n')
    expect(await readdir(join(folder, 'full'))).toEqual(['package.json'])
    expect(await readFile(join(folder, 'full/package.json'), 'utf8')).toBe('mine')
  })

  test('a file in place of the folder', async () => {
    await writeFile(join(folder, 'file'), '')
    const { code, stderr } = await createApi(...flunder, '--directory', 'file')
    expect([code, stderr]).toEqual([1, 'fairlead: --directory "file": expected a folder; this is a file\n'])
  })

  test('a bad name writes nothing', async () => {
    const { code, stderr } = await createApi('--group', 'wardle', '--version', 'v1', '--kind', 'Flunder')
    expect(code).toBe(1)
    expect(stderr).toBe('fairlead: --group "wardle": expected a DNS name with a dot, such as wardle.example.com\n')
    expect(await readdir(folder)).toEqual([])
  })

  test('a flag that is missing', async () => {
    const { code, stderr } = await createApi('--group', 'wardle.example.com', '--kind', 'Flunder')
    expect([code, stderr]).toEqual([1, "error: required option '--version <version>' not specified\n"])
  })
})

test('a project passes its test, serves, and its controller fills the status', { timeout: 120_000 }, async () => {
  const { code, stdout } = await createApi(...flunder)
  expect([code, stdout]).toEqual([0, expect.stringContaining('\n  cd flunder-apiserver\n  npm install\n')])
  const project = join(folder, 'flunder-apiserver')
  await install(project)
  const ownTest = await runCommand(process.execPath, ['--test'], { cwd: project })
  expect(ownTest.code, ownTest.stdout).toBe(0)
  expect(ownTest.stdout).toContain('pass 3\n')

  const controlPlane = await startTestControlPlane()
  const kubectl = await kubectlFor(controlPlane, 'newest')
  try {
    const server = await start(project, controlPlane.kubeconfig)
    try {
      await kubectl('wait', '--for=condition=Available', '--timeout=60s', 'apiservice/v1alpha1.wardle.example.com')
      const object = (message: string) =>
        JSON.stringify({
          apiVersion: 'wardle.example.com/v1alpha1',
          kind: 'Flunder',
          metadata: { name: 'sample' },
          spec: { message },
        })
      expect(await kubectl.withInput(object('hello'), 'create', '-f', '-')).toBe(
        'flunder.wardle.example.com/sample created\n',
      )
      await kubectl('wait', '--for=condition=Ready', '--timeout=60s', 'flunder/sample')
      expect(await kubectl('get', 'flunders')).toMatch(/^NAME +MESSAGE +READY +.*\nsample +hello +True +/)
      const refused = await kubectl.run(['create', '-f', '-'], { input: object(' ') })
      expect(refused.stderr).toBe(
        'The Flunder "sample" is invalid: spec.message: Invalid value: " ": must not begin or end with a space\n',
      )
    } finally {
      expect(await server.stop()).toBe(0)
    }
    const again = await start(project, controlPlane.kubeconfig, '--watch', 'src')
    try {
      // Until the main server has looked at the new address it answers for the old one.
      await expect
        .poll(async () => (await kubectl.run(['get', 'flunders', '-o', 'name'])).stdout, { timeout: 60_000 })
        .toBe('flunder.wardle.example.com/sample\n')

      // Saved as editors do: another file takes the place of the old one. Then broken, then mended.
      const source = join(project, 'src/flunder.js')
      const text = await readFile(source, 'utf8')
      const save = async (content: string): Promise<void> => {
        await writeFile(`${source}~`, content)
        await rename(`${source}~`, source)
      }
      await save(text.replace("name: 'Message'", "name: 'Words'"))
      await again.served(2)
      await expect.poll(async () => (await kubectl.run(['get', 'flunders'])).stdout).toMatch(/^NAME +WORDS +READY +/)
      await save(`${text}\nsyntax error`)
      await expect.poll(() => again.errors()).toContain('ended with status 1, waiting for a change in src')
      await save(text)
      await again.served(3)
      await expect.poll(async () => (await kubectl.run(['get', 'flunders'])).stdout).toMatch(/^NAME +MESSAGE +READY +/)
    } finally {
      expect(await again.stop()).toBe(0)
    }
  } finally {
    await controlPlane.stop()
  }
})

test('the manifests of a cluster-scoped API are taken; the account may do what the server does', async () => {
  const { code } = await createApi(
    '--cluster-scoped',
    '--plural',
    'meshen',
    '--group',
    'net.example.com',
    '--version',
    'v1',
    '--kind',
    'Mesh',
    '--directory',
    'x',
  )
  expect(code).toBe(0)
  const project = join(folder, 'x')
  await install(project)
  const ownTest = await runCommand(process.execPath, ['--test'], { cwd: project })
  expect(ownTest.code, ownTest.stdout).toBe(0)
  const controlPlane = await startTestControlPlane()
  const kubectl = await kubectlFor(controlPlane, 'newest')
  try {
    const applied = await kubectl('apply', '-f', join(project, 'manifests'))
    expect(applied.trim().split('\n')).toEqual([
      'namespace/net created',
      'serviceaccount/apiserver created',
      'clusterrole.rbac.authorization.k8s.io/net.example.com:apiserver created',
      'clusterrolebinding.rbac.authorization.k8s.io/net.example.com:apiserver created',
      'clusterrolebinding.rbac.authorization.k8s.io/net.example.com:auth-delegator created',
      'rolebinding.rbac.authorization.k8s.io/net.example.com:auth-reader created',
      'deployment.apps/apiserver created',
      'service/apiserver created',
      'apiservice.apiregistration.k8s.io/v1.net.example.com created',
    ])
    for (const allowed of [
      ['patch', 'apiservices.apiregistration.k8s.io/v1.net.example.com'],
      ['create', 'apiservices.apiregistration.k8s.io'],
      ['create', 'tokenreviews.authentication.k8s.io'],
      ['create', 'subjectaccessreviews.authorization.k8s.io'],
      ['watch', 'configmaps/extension-apiserver-authentication', '-n', 'kube-system'],
      ['watch', 'namespaces'],
    ]) {
      const asked = await kubectl.run(['auth', 'can-i', ...allowed, '--as=system:serviceaccount:net:apiserver'])
      expect([allowed, asked.stdout]).toEqual([allowed, 'yes\n'])
    }
    // kubectl asks only for resources that are served.
    for (const [verb, subresource] of [['watch'], ['update', 'status']]) {
      const resourceAttributes = { verb, subresource, group: 'net.example.com', version: 'v1', resource: 'meshen' }
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: 'system:serviceaccount:net:apiserver', resourceAttributes },
      }
      const answer = await kubectl.withInput(JSON.stringify(review), 'create', '-o', 'yaml', '-f', '-')
      expect(answer).toContain('  allowed: true\n')
    }
  } finally {
    await controlPlane.stop()
  }
})
