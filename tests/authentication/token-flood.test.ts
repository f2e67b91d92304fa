import { connect } from 'node:http2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const path = '/api/v1/namespaces/default'
const attempts = 10_000
const perConnection = 100
const attackers = 4

let controlPlane: TestControlPlane
let admin: HttpsClient
const logged: string[] = []

beforeAll(async () => {
  const record = (fields: object, message: string) => logged.push(JSON.stringify(fields), message)
  const logger = { debug: record, info: record, warn: record, error: record }
  controlPlane = await startTestControlPlane({}, { logger })
  admin = await httpsClient(controlPlane.kubeconfig)
})
afterAll(async () => {
  admin.close()
  await controlPlane.stop()
})

/** Sends `count` wrong tokens at once over a connection of its own; gives the statuses of those that were answered. */
async function tryTokens(first: number, count: number): Promise<readonly number[]> {
  const session = connect(controlPlane.url, { rejectUnauthorized: false })
  // The server closes the connection of a stranger behind his answers.
  session.on('error', () => {})
  const statuses = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const stream = session.request({ ':path': path, authorization: `Bearer wrong-${first + index}` })
      return new Promise<number | undefined>((resolve) => {
        stream.on('response', ({ ':status': status }) => resolve(status))
        stream.on('error', () => resolve(undefined))
        stream.on('close', () => resolve(undefined))
        stream.resume()
      })
    }),
  )
  session.destroy()
  return statuses.filter((status) => status !== undefined)
}

test('ten thousand wrong tokens are refused while others are served, and none is logged', async () => {
  const answered: number[] = []
  let sent = 0
  const attack = async (): Promise<void> => {
    while (sent < attempts) {
      const first = sent
      sent += perConnection
      answered.push(...(await tryTokens(first, perConnection)))
    }
  }
  let attacking = true
  const attacks = Promise.all(Array.from({ length: attackers }, attack)).finally(() => {
    attacking = false
  })
  const served: number[] = []
  while (attacking) served.push((await admin.get(path)).status)
  await attacks

  expect(new Set(answered)).toEqual(new Set([401]))
  expect(answered.length).toBeGreaterThan(attempts / perConnection)
  expect(served.length).toBeGreaterThan(10)
  expect(new Set(served)).toEqual(new Set([200]))
  expect(logged.join('\n')).not.toContain('wrong-')
  expect((await admin.get('/readyz')).text).toBe('ok')
})
