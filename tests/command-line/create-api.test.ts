import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
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

/** `node src/main.js` until it says that it serves; what is returned ends it and gives its exit code. */
async function start(project: string, kubeconfig: string): Promise<() => Promise<number | null>> {
  const env = { ...process.env, KUBECONFIG: kubeconfig }
  const child = spawn(process.execPath, ['src/main.js'], { cwd: project, env, stdio: 'pipe' })
  const closed = once(child, 'close') as Promise<[number | null]>
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('is served at')) resolve()
    })
    void closed.then(() => reject(new Error(`the server ended: ${errors}`)))
  })
  return async () => {
    child.kill('SIGTERM')
    const [code] = await closed
    return code
  }
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
    const stop = await start(project, controlPlane.kubeconfig)
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
      expect(await stop()).toBe(0)
    }
    const again = await start(project, controlPlane.kubeconfig)
    try {
      // Until the main server has looked at the new address it answers for the old one.
      await expect
        .poll(async () => (await kubectl.run(['get', 'flunders', '-o', 'name'])).stdout, { timeout: 60_000 })
        .toBe('flunder.wardle.example.com/sample\n')
    } finally {
      expect(await again()).toBe(0)
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
