import { expect, test } from 'vitest'
import { authorizationProblems, type AuthorizationSettings } from './authorization-settings.ts'

const webhook = { version: 'v1', authorizedTtl: 1, unauthorizedTtl: 1 }

test.each<[AuthorizationSettings, readonly string[]]>([
  [{ modes: ['Node', 'RBAC', 'AlwaysDeny'] }, []],
  [{ modes: [] }, ['at least one authorization-mode must be passed']],
  [{ modes: ['Odd'] }, ['authorization-mode "Odd" is not a valid mode']],
  [{ modes: ['RBAC', 'RBAC'] }, ['authorization-mode ["RBAC" "RBAC"] has mode specified more than once']],
  [{ modes: ['ABAC'] }, ["authorization-mode ABAC's authorization policy file not passed"]],
  [{ modes: ['ABAC'], policyFile: 'x' }, []],
  [{ modes: ['RBAC'], policyFile: 'x' }, ['cannot specify --authorization-policy-file without mode ABAC']],
  [{ modes: ['Webhook'], webhook }, ["authorization-mode Webhook's authorization config file not passed"]],
  [{ modes: ['Webhook'], webhook: { ...webhook, configFile: 'x' } }, []],
  [
    { modes: ['RBAC'], webhook: { ...webhook, configFile: 'x' } },
    ['cannot specify --authorization-webhook-config-file without mode Webhook'],
  ],
  [{ modes: ['Odd'], configFile: 'x' }, []],
  [
    { modes: ['RBAC'], configFile: 'x', modesGiven: true },
    [
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined',
    ],
  ],
])('%j', (settings, problems) => {
  expect(authorizationProblems(settings)).toEqual(problems)
})
