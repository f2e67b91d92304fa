import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createAuthority, issueCertificate, type KeyPair } from '@fairlead/apiserver'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAnswer } from '../support/https-client.ts'
import { kubectlFor } from '../support/kubectl.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const program = join(import.meta.dirname, '../../examples/sample-apiserver/dist/main.js')
const flunders = '/apis/wardle.example.com/v1beta1/namespaces/default/flunders'
const run = (...args: string[]) => runCommand(process.execPath, [program, ...args])

describe('SMP-9: the sample server started by hand, with an authority of its own', () => {
  let controlPlane: TestControlPlane
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let admin: KeyPair
  let nobody: KeyPair
  let url = ''
  let stop: () => Promise<number | null>

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    folder = await temporaryFolder()
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) }
    const authority = await createAuthority('my-ca', validity.notBefore, validity.notAfter)
    const client = (commonName: string, organizations: readonly string[]) =>
      issueCertificate(authority, { commonName, organizations, usage: 'client', ...validity })
    ;[admin, nobody] = await Promise.all([client('development', ['system:masters']), client('nobody', [])])
    const clientCa = join(folder.path, 'ca.crt')
    await writeFile(clientCa, authority.certificate)
    const { kubeconfig } = controlPlane
    const child = spawn(
      process.execPath,
      [
        program,
        '--secure-port=0',
        `--client-ca-file=${clientCa}`,
        `--kubeconfig=${kubeconfig}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
        '--register=false',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const closed = once(child, 'close') as Promise<[number | null]>
    for await (const line of createInterface({ input: child.stdout })) {
      url = /is served at (https:\S+)/.exec(line)?.[1] ?? ''
      break
    }
    stop = async () => {
      child.kill('SIGTERM')
      return (await closed)[0]
    }
  })
  afterAll(async () => {
    await controlPlane.stop()
    await folder.remove()
  })

  const call = (path: string, identity: KeyPair | undefined) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const tls = identity === undefined ? {} : { cert: identity.certificate, key: identity.key }
      request(`${url}${path}`, { rejectUnauthorized: false, agent: false, ...tls }, (response) => {
        readAnswer(response).then(resolve, reject)
      })
        .on('error', reject)
        .end()
    })

  test('who has a certificate of that authority is known: a master may do everything', async () => {
    const { status, text } = await call(flunders, admin)
    expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ kind: 'FlunderList', items: [] })])
  })

  test('who is known and has no rights in the main server is refused, and so is a stranger', async () => {
    expect(JSON.parse((await call(flunders, nobody)).text)).toMatchObject({
      code: 403,
      message: expect.stringContaining('User "nobody" cannot list resource "flunders"'),
    })
    expect(JSON.parse((await call(flunders, undefined)).text).message).toContain('User "system:anonymous"')
  })

  test('the health endpoints are for everybody', async () => {
    expect(await call('/readyz', undefined)).toMatchObject({ status: 200, text: 'ok' })
  })

  test('nothing was registered, and the program ends with 0 when it is asked to', async () => {
    const kubectl = await kubectlFor(controlPlane, 'newest')
    expect(await kubectl('get', 'apiservices', '-o', 'name')).not.toContain('wardle')
    expect(await stop()).toBe(0)
  })
})

test.each<[string, string]>([
  [
    '--emulated-version=wardle=2.0',
    '--emulated-version "wardle=2.0": must be one of wardle=1.0, wardle=1.1, wardle=1.2',
  ],
  ['--feature-gates=wardle:BanFlunder=false', 'cannot set feature gate BanFlunder to false, feature is locked to true'],
  ['--etcd-servers=http://localhost:2379', 'unknown flag: --etcd-servers'],
  ['--secure-port=https', '--secure-port "https": expected a whole number from 0 to 65535'],
  ['--client-ca-file', 'flag needs an argument: --client-ca-file'],
])('SMP-7 SMP-9: %s is refused in one line, with status 1', async (arg, problem) => {
  expect(await run(arg)).toEqual({ code: 1, stdout: '', stderr: `sample-apiserver: ${problem}\n` })
})

test('files that are not there are named', async () => {
  const { code, stderr } = await run('--kubeconfig=/nowhere/kubeconfig')
  expect([code, stderr.split('\n')]).toEqual([1, [expect.stringContaining('/nowhere/kubeconfig'), '']])
})

test('--help lists the flags', async () => {
  const { code, stdout } = await run('--help')
  expect(code).toBe(0)
  expect(stdout).toContain('--emulated-version wardle=VERSION\n')
  expect(stdout).toContain('--authentication-kubeconfig FILE\n')
})
