import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { collectRandomOwners } from './random-owners.ts'

let controlPlane: TestControlPlane
let client: Client
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
})
afterAll(() => controlPlane.stop())

test('whoever owns whom, what has an owner left stays, and the rest goes', () =>
  collectRandomOwners(client, { numRuns: 40, ownThemselves: true }))
