import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JwtAuthentication, parseAuthenticationConfiguration } from '@fairlead/apiserver'
import { createManualClock } from '@fairlead/storage/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { followIssuers } from './follow-issuers.ts'
import { reloadInterval } from './reload.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'issuers-'))
})
afterEach(() => rm(folder, { recursive: true }))

const text = (issuer: string, more = '') =>
  `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: [{issuer: {url: ${issuer}}}]\n${more}`

async function start() {
  const clock = createManualClock()
  const path = join(folder, 'configuration.yaml')
  const put = async (content: string) => {
    await writeFile(`${path}.new`, content)
    await rename(`${path}.new`, path)
  }
  const logged: string[] = []
  let heard: (() => void) | undefined
  const note = (_fields: object, message: string) => {
    logged.push(message)
    heard?.()
  }
  const answer = new Map<string, () => void>()
  const closed: string[] = []
  const create = (issuer: string): JwtAuthentication => ({
    authenticate: async () => ({ user: { name: issuer, groups: [] } }),
    firstAttempt: Promise.resolve(),
    ready: new Promise((resolve) => answer.set(issuer, resolve)),
    close: () => void closed.push(issuer),
  })
  await put(text('https://old'))
  const issuers = followIssuers(path, {
    initial: {
      text: text('https://old'),
      jwt: create('https://old'),
      configuration: parseAuthenticationConfiguration(text('https://old')),
    },
    read: parseAuthenticationConfiguration,
    create: ({ jwt }) => create(jwt[0]?.issuer.url ?? ''),
    clock,
    logger: { debug: note, info: note, warn: note, error: note },
  })
  /** Lets time pass until `message` has been logged. */
  const until = async (message: string) => {
    while (!logged.some((line) => line.startsWith(message))) {
      const next = new Promise<void>((resolve) => {
        heard = resolve
      })
      const turn = setInterval(() => clock.advance(reloadInterval), 5)
      await next
      clearInterval(turn)
    }
    logged.length = 0
  }
  const who = async () => (await issuers.authenticate('token'))?.user.name
  return { put, until, who, closed, issuers, answer }
}

test('other issuers take over when they have answered', async () => {
  const { put, until, who, closed, issuers, answer } = await start()
  await put(text('https://new'))
  await until('files have changed and are read again')
  expect(await who()).toBe('https://old')
  answer.get('https://new')?.()
  await until('authentication configuration reloaded')
  expect([await who(), closed]).toEqual(['https://new', ['https://old']])
  issuers.close()
  expect(closed).toEqual(['https://old', 'https://new'])
})

test('those that do not answer never do', async () => {
  const { put, until, who, closed, issuers } = await start()
  await put(text('https://silent'))
  await until('issuers of the changed authentication configuration do not answer')
  expect([await who(), closed]).toEqual(['https://old', ['https://silent']])
  issuers.close()
})

test.each([
  ['a mistake', 'jwt: 1'],
  ['anonymous requests', text('https://new', 'anonymous: {enabled: true}')],
])('%s changes nothing', async (_what, content) => {
  const { put, until, who, issuers } = await start()
  await put(content)
  await until('files have changed and cannot be used; the old ones stay')
  expect(await who()).toBe('https://old')
  issuers.close()
})
