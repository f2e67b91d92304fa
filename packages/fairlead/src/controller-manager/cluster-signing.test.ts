import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, type KeyPair } from '@fairlead/apiserver'
import { createManualClock } from '@fairlead/storage/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Logger } from '../logging/logger.ts'
import { openClusterSigning } from './cluster-signing.ts'
import { reloadInterval } from '../control-plane/reload.ts'

const year = (number: number) => Date.UTC(number, 0, 1)
const authorityUntil = (end: number) => createAuthority('a', new Date(year(2020)), new Date(year(end)))

let folder: string
let logged: string[]
const note = (level: string) => (_fields: object, message: string) => void logged.push(`${level}: ${message}`)
const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
const clock = createManualClock()
const tools = { clock, logger }
const own = await authorityUntil(2030)
const longestDuration = 1000

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signing-'))
  logged = []
})
afterEach(() => rm(folder, { recursive: true }))

const certFile = () => join(folder, 'ca.crt')
const keyFile = () => join(folder, 'ca.key')
async function put({ certificate, key }: KeyPair): Promise<void> {
  for (const [path, text] of [
    [certFile(), certificate],
    [keyFile(), key],
  ] as const) {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }
}
const files = () => ({ certFile: certFile(), keyFile: keyFile(), longestDuration })

test('the own authority signs unless told', async () => {
  const { environment, stop } = await openClusterSigning({ longestDuration }, own, tools)
  expect(environment.clusterSigning?.longestDuration).toBe(1000)
  expect(environment.clusterSigning?.authority().notAfter).toBe(year(2030))
  expect(logged).toEqual([])
  stop()
})

test('without an authority nobody signs, and a line says why', async () => {
  expect((await openClusterSigning({ longestDuration }, undefined, tools)).environment).toEqual({})
  expect(logged).toEqual([expect.stringMatching(/^warn: .*--cluster-signing-cert-file, --cluster-signing-key-file/)])
})

test('files are followed, and broken ones change nothing', async () => {
  await put(await authorityUntil(2031))
  const { environment, stop } = await openClusterSigning(files(), own, tools)
  const end = () => environment.clusterSigning?.authority().notAfter
  expect(end()).toBe(year(2031))
  await put(await authorityUntil(2032))
  await expect
    .poll(() => {
      clock.advance(reloadInterval)
      return end()
    })
    .toBe(year(2032))
  await put({ ...own, key: (await authorityUntil(2033)).key })
  await expect
    .poll(() => {
      clock.advance(reloadInterval)
      return logged
    })
    .toContain('error: files have changed and cannot be used; the old ones stay')
  expect(end()).toBe(year(2032))
  stop()
})

test.each<[string, () => Promise<void> | void, (paths: ReturnType<typeof files>) => Partial<typeof paths>, string]>([
  ['one file', () => {}, ({ certFile: path }) => ({ certFile: path }), 'must be given together'],
  ['the other file', () => {}, ({ keyFile: path }) => ({ keyFile: path }), 'must be given together'],
  ['missing files', () => {}, (all) => all, '--cluster-signing-cert-file: ENOENT'],
  [
    'a bundle',
    async () => put({ ...own, certificate: `${own.certificate}\n${own.certificate}` }),
    (all) => all,
    '--cluster-signing-cert-file, --cluster-signing-key-file: expected 1 certificate, found 2',
  ],
  [
    'the key of another',
    async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      await put({ ...own, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() })
    },
    (all) => all,
    '--cluster-signing-cert-file, --cluster-signing-key-file: the key is not that of the certificate',
  ],
])('%s is refused at the start', async (_what, prepare, given, message) => {
  await prepare()
  await expect(openClusterSigning({ ...given(files()), longestDuration }, own, tools)).rejects.toThrow(message)
})
