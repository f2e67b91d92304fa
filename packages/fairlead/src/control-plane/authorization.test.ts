import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtinResources } from '@fairlead/api'
import { systemClock } from '@fairlead/apimachinery'
import { type AuthorizationAttributes, createRegistry } from '@fairlead/apiserver'
import { createMemoryStorage } from '@fairlead/storage'
import { createManualClock } from '@fairlead/storage/testing'
import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '../logging/logger.ts'
import { openAuthorization } from './authorization.ts'
import { reloadInterval } from './reload.ts'

const attributes: AuthorizationAttributes = {
  user: { name: 'jane', groups: [] },
  verb: 'get',
  isResourceRequest: false,
  path: '/metrics',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
}
const configuration = (...types: readonly string[]) =>
  JSON.stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AuthorizationConfiguration',
    authorizers: types.map((type) => ({ type, name: type.toLowerCase() })),
  })

test('a changed configuration file takes over; one that cannot be used does not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-authorization-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const configFile = join(folder, 'config')
  const clock = createManualClock(Date.now())
  const registry = createRegistry({
    storage: createMemoryStorage(),
    descriptions: builtinResources(),
    clock: systemClock,
  })
  onTestFinished(() => registry.close())
  const said: string[] = []
  const note = (_fields: object, message: string) => void said.push(message)
  await writeFile(configFile, configuration('AlwaysDeny'))
  const authorization = await openAuthorization(
    { modes: [], configFile },
    {
      find: (group, resource) => registry.store(group, resource),
      clock,
      logger: { ...silentLogger, info: note, error: note },
    },
  )
  onTestFinished(() => authorization.close())
  const reason = async () => (await authorization.authorizer(attributes)).reason
  /** Writes the file and waits until something is said about it that contains `text`. */
  const change = async (content: string, text: string) => {
    const before = said.length
    await writeFile(configFile, content)
    await expect
      .poll(() => {
        clock.advance(reloadInterval)
        return said.slice(before).join('\n')
      })
      .toContain(text)
  }

  expect(await reason()).toBe('Everything is forbidden.')
  await change(configuration('RBAC'), 'reloaded')
  expect(await reason()).not.toBe('Everything is forbidden.')
  for (const bad of ['{', configuration(), configuration('Nonsense'), configuration('AlwaysAllow')]) {
    await change(bad, 'the old one stays')
    expect(await authorization.authorizer(attributes)).toMatchObject({ decision: 'no-opinion' })
    expect(await reason()).not.toBe('Everything is forbidden.')
  }
  await change(configuration('AlwaysDeny'), 'reloaded')
  expect(await reason()).toBe('Everything is forbidden.')
})
