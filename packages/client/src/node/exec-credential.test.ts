import { systemClock } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { execCredentials } from './exec-credential.ts'

const apiVersion = 'client.authentication.k8s.io/v1'
const access = (script: string, version = apiVersion) => ({
  server: 'https://h',
  namespace: 'default',
  exec: {
    apiVersion: version,
    command: process.execPath,
    args: ['-e', script],
    env: [{ name: 'ANSWER', value: 'from the environment' }],
    provideClusterInfo: true,
  },
})
const credential = (status: string) =>
  `console.log(JSON.stringify({kind:'ExecCredential',apiVersion:'${apiVersion}',status:${status}}))`

test('gives the token of the command, which gets its environment and the cluster', async () => {
  const script = credential(
    `{token: process.env.ANSWER + ' ' + JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.cluster.server}`,
  )
  expect(await execCredentials(access(script), systemClock).get()).toEqual({ token: 'from the environment https://h' })
})

test('calls at the same time share one run', async () => {
  const script = credential(`{token: String(process.hrtime.bigint())}`)
  const credentials = execCredentials(access(script), systemClock)
  const [one, two] = await Promise.all([credentials.get(), credentials.get()])
  expect(two).toEqual(one)
})

test('runs again when the credential is over or was refused, and not before', async () => {
  const script = credential(`{token: String(process.hrtime.bigint()), expirationTimestamp: '2030-01-01T00:00:00Z'}`)
  let now = Date.parse('2029-12-31T23:59:00Z')
  const credentials = execCredentials(access(script), { ...systemClock, now: () => now })
  const first = await credentials.get()
  expect(await credentials.get()).toEqual(first)
  credentials.forget()
  const second = await credentials.get()
  expect(second).not.toEqual(first)
  now += 120_000
  expect(await credentials.get()).not.toEqual(second)
})

test.each<[string, string, string]>([
  ['a command that fails', 'process.exit(3)', 'failed with 3'],
  ['no JSON', 'console.log("x")', 'is no JSON'],
  ['another kind', 'console.log("{}")', 'gave no ExecCredential'],
  ['nothing to show', credential('{}'), 'neither a token nor a certificate'],
])('%s is refused without telling what it said', async (_title, script, problem) => {
  await expect(execCredentials(access(script), systemClock).get()).rejects.toThrow(problem)
})

test('a version that nobody knows is refused', () => {
  expect(() => execCredentials(access('', 'v0'), systemClock)).toThrow('invalid apiVersion "v0"')
})
