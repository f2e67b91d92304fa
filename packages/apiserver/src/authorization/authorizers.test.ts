import { expect, test } from 'vitest'
import type { AuthorizationAttributes, Authorizer } from './authorizer.ts'
import { allowMasters, alwaysAllow, alwaysDeny, unionAuthorizer } from './authorizers.ts'

const attributes: AuthorizationAttributes = {
  user: { name: 'jane', groups: [] },
  verb: 'get',
  isResourceRequest: false,
  path: '/',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
}
const because =
  (reason: string): Authorizer =>
  () => ({ decision: 'no-opinion', reason })
const deny: Authorizer = () => ({ decision: 'deny', reason: 'never' })
const fail: Authorizer = () => {
  throw new Error('out of order')
}

test('the first opinion decides', async () => {
  expect(await unionAuthorizer([because('x'), alwaysAllow, deny])(attributes)).toEqual({ decision: 'allow' })
  expect(await unionAuthorizer([because('x'), deny, alwaysAllow])(attributes)).toEqual({
    decision: 'deny',
    reason: 'never',
  })
  expect(await unionAuthorizer([fail, alwaysAllow])(attributes)).toEqual({ decision: 'allow' })
})

test('without an opinion all reasons are told', async () => {
  expect(await unionAuthorizer([because('a'), because(''), because('b')])(attributes)).toEqual({
    decision: 'no-opinion',
    reason: 'a\nb',
  })
  expect(await unionAuthorizer([])(attributes)).toEqual({ decision: 'no-opinion' })
})

test('failures are thrown together when nobody allows', async () => {
  await expect(unionAuthorizer([fail, because('a'), fail])(attributes)).rejects.toMatchObject({
    message: 'out of order',
    reason: 'a',
  })
})

test('masters may do everything, others depend on the rest', async () => {
  const authorize = unionAuthorizer([allowMasters, alwaysDeny])
  const master = { ...attributes, user: { name: 'root', groups: ['system:masters'] } }
  expect(await authorize(master)).toEqual({ decision: 'allow' })
  expect(await authorize(attributes)).toEqual({ decision: 'no-opinion', reason: 'Everything is forbidden.' })
})
