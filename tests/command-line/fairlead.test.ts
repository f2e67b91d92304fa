import { spawn } from 'node:child_process'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { httpsClient } from '../support/https-client.ts'
import { type CommandResult, runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const program = fileURLToPath(new URL('../../packages/fairlead/bin/fairlead.js', import.meta.url))

interface Running {
  readonly pid: number
  /** Everything printed until it was ready. */
  readonly printed: string
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly printed: string }>
}

let folder: string
let remove: () => Promise<void>
const running = new Set<Running>()

beforeEach(async () => {
  const temporary = await temporaryFolder()
  folder = temporary.path
  remove = temporary.remove
})
afterEach(async () => {
  for (const one of running) await one.end('SIGKILL')
  running.clear()
  await remove()
})

const fairlead = (...args: string[]): Promise<CommandResult> =>
  runCommand(process.execPath, [program, ...args], { cwd: folder })

/** Starts `fairlead up` in the folder and waits until it says that it is ready. */
async function up(...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, [program, 'up', '--secure-port', '0', ...args], { cwd: folder, stdio: 'pipe' })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const lines: string[] = []
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      if (line === 'Ctrl-C stops it.') resolve()
    })
    void ended.then(() => reject(new Error(`ended: ${lines.join('\n')}${errors}`)))
  })
  const one: Running = {
    pid: child.pid ?? 0,
    printed: lines.join('\n'),
    async end(signal) {
      child.kill(signal)
      const code = await ended
      running.delete(one)
      return { code, printed: lines.join('\n') }
    },
  }
  running.add(one)
  return one
}

test('starts, tells what to type next, keeps objects, and stops on Ctrl-C', async () => {
  const first = await up()
  expect(first.printed).toMatch(/ready in \d+ ms at https:\/\/127\.0\.0\.1:\d+\n/)
  expect(first.printed).toContain('\n  export KUBECONFIG=$PWD/.fairlead/kubeconfig\n  kubectl get namespaces\n')
  const kubeconfig = join(folder, '.fairlead', 'kubeconfig')
  expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600)
  const client = await httpsClient(kubeconfig)
  await client.post('/api/v1/namespaces/default/configmaps', { metadata: { name: 'kept' } })
  client.close()
  expect(await first.end('SIGINT')).toMatchObject({
    code: 0,
    printed: expect.stringMatching(/SIGINT, stopping\nfairlead: stopped$/),
  })

  const second = await up()
  const again = await httpsClient(kubeconfig)
  expect((await again.get('/api/v1/namespaces/default/configmaps/kept')).status).toBe(200)
  again.close()
  expect(await second.end('SIGTERM')).toMatchObject({ code: 0 })
})

test('a second process on the same folder is refused, and the first goes on', async () => {
  const first = await up()
  const second = await fairlead('up', '--secure-port', '0')
  expect(second.code).toBe(1)
  expect(second.stderr).toBe(
    `fairlead: the data folder ${join(folder, '.fairlead', 'storage')} is in use by process ${first.pid}; ` +
      'stop that one first, or choose another folder with --data-dir\n',
  )
  const client = await httpsClient(join(folder, '.fairlead', 'kubeconfig'))
  expect((await client.get('/readyz')).text).toBe('ok')
  client.close()
})

describe('says what is wrong and what to do', () => {
  test('a port in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const refused = await fairlead('up', '--secure-port', String(port))
    other.close()
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(/address already in use 127\.0\.0\.1:\d+; choose another port with --secure-port/)
  })

  test('a file where the data folder should be', async () => {
    await writeFile(join(folder, 'file'), '')
    const refused = await fairlead('up', '--secure-port', '0', '--data-dir', 'file')
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(/^fairlead: EEXIST.*'file'; there is a file where a folder should be\n$/)
  })

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
    await mkdir(join(folder, 'closed'))
    await chmod(join(folder, 'closed'), 0o500)
    const refused = await fairlead('up', '--secure-port', '0', '--data-dir', 'closed/data')
    expect(refused).toMatchObject({ code: 1 })
    expect(refused.stderr).toMatch(/permission denied.*; choose a folder of your own with --data-dir/)
  })

  test.each([
    [['up', '--secure-prot', '1'], "error: unknown option '--secure-prot'\n(Did you mean --secure-port?)\n"],
    [['apiserver', '--tls-cert-fil=x'], "error: unknown option '--tls-cert-fil=x'\n(Did you mean --tls-cert-file?)\n"],
    [['upp'], "error: unknown command 'upp'\n(Did you mean up?)\n"],
    [['up', '--storage', 'etcd'], "argument 'etcd' is invalid. Allowed choices are lmdb, memory.\n"],
    [['up', '--secure-port', '70000'], 'Expected a whole number from 0 to 65535.\n'],
    [
      ['up', '--token-auth-file', 'none'],
      "fairlead: --token-auth-file: ENOENT: no such file or directory, open 'none'\n",
    ],
    [
      ['controllers'],
      'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined; outside of a pod, name a kubeconfig with --kubeconfig\n',
    ],
    [['up', '--runtime-config', 'x=y'], '"x=y" is not of the form group/version=true or group/version=false\n'],
  ])('%j', async (args, text) => {
    const { code, stderr } = await fairlead(...args)
    expect(stderr).toContain(text)
    expect(code).toBe(1)
  })
})
