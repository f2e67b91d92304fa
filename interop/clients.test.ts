import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'
import { prepared, runChecks } from './run-checks.ts'

/** What each program checks. A check that is missing from its output has failed. */
const checks = {
  python: [
    'version',
    'crud',
    'patches',
    'pages',
    'watch',
    'watch-from-the-cache',
    'dynamic',
    'from-yaml',
    'leader-election',
    'in-cluster',
  ],
  'client-go': [
    'discovery',
    'openapi',
    'rest-mapper',
    'crud-json',
    'crud-protobuf',
    'errors',
    'retry-on-conflict',
    'patches',
    'subresources',
    'pages',
    'delete',
    'watch',
    'informer-json',
    'informer-protobuf',
    'informer-is-a-watch-list',
    'dynamic',
    'metadata',
    'leader-election',
    'event-recorder',
  ],
  java: ['version', 'crud', 'patches', 'pages', 'watch', 'informer', 'generic', 'delete'],
} as const

describe.each(Object.entries(checks))('%s', (client, names) => {
  const command = prepared[client]

  describe.skipIf(command === undefined)('checks', () => {
    let controlPlane: TestControlPlane
    let outcome: Awaited<ReturnType<typeof runChecks>>

    beforeAll(async () => {
      controlPlane = await startTestControlPlane()
      outcome = await runChecks(command ?? [], controlPlane.kubeconfig)
    })
    afterAll(() => controlPlane.stop())

    test.each(names)('%s', (check) => {
      expect(outcome(check)).toEqual({ check })
    })
  })
})
