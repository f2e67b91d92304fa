import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../tests/support/run-command.ts'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'

/** The commands that `scripts/interop.mjs` has prepared, by client. */
const commands = JSON.parse(process.env['FAIRLEAD_INTEROP'] ?? '{}') as Record<string, readonly [string, ...string[]]>

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

interface CheckResult {
  readonly check: string
  readonly error?: string
}

describe.each(Object.entries(checks))('%s', (client, names) => {
  const command = commands[client]

  describe.skipIf(command === undefined)('checks', () => {
    let controlPlane: TestControlPlane
    let errors = ''
    const results = new Map<string, CheckResult>()

    beforeAll(async () => {
      controlPlane = await startTestControlPlane()
      const [file, ...args] = command ?? ['']
      const { stdout, stderr } = await runCommand(file, [...args, controlPlane.kubeconfig])
      errors = stderr
      for (const line of stdout.trim().split('\n').filter(Boolean)) {
        const result = JSON.parse(line) as CheckResult
        results.set(result.check, result)
      }
    })
    afterAll(() => controlPlane.stop())

    test.each(names)('%s', (name) => {
      expect(results.get(name) ?? { check: name, error: `not run: ${errors}` }).toEqual({ check: name })
    })
  })
})
