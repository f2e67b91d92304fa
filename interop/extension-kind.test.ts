import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSampleServer } from '../tests/support/sample-server-process.ts'
import { startTestControlPlane, type TestControlPlane } from '../tests/support/test-control-plane.ts'
import { extensionChecks, prepared, runChecks } from './run-checks.ts'

const command = prepared['client-go']

describe.skipIf(command === undefined)('client-go and kinds of the framework, through the front', () => {
  let controlPlane: TestControlPlane
  let server: { stop(): Promise<void> }
  let outcome: Awaited<ReturnType<typeof runChecks>>

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    server = await startSampleServer(controlPlane)
    outcome = await runChecks(command ?? [], controlPlane.kubeconfig, 'extension')
  })
  afterAll(async () => {
    await server.stop()
    await controlPlane.stop()
  })

  test.each(extensionChecks)('%s', (check) => {
    expect(outcome(check)).toEqual({ check })
  })
})
