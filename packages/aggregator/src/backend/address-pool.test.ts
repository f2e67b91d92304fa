import { createSecureContext } from 'node:tls'
import { systemClock } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { createAddressPool } from './address-pool.ts'

/** Nobody listens there. A failure that nobody hears ends the process, and the test. */
const nobody = () =>
  createAddressPool({
    address: { host: '127.0.0.1', port: 1 },
    target: { serverName: 'api', insecureSkipTlsVerify: true },
    secureContext: () => createSecureContext(),
    clock: systemClock,
    onCertificate: () => undefined,
  })
const request = (signal: AbortSignal) => ({ method: 'GET', path: '/', headers: {}, signal })

test('a request that is not wanted any more when it is sent dials nobody', async () => {
  const pool = nobody()
  await expect(pool.send(request(AbortSignal.abort()))).rejects.toThrow('context canceled')
  await expect(pool.send(request(new AbortController().signal))).rejects.toThrow('connection refused')
})

test('a request that is given up while it dials leaves the attempt to others', async () => {
  const pool = nobody()
  const leaving = new AbortController()
  const given = pool.send(request(leaving.signal))
  const other = pool.send(request(new AbortController().signal))
  leaving.abort()
  await expect(given).rejects.toThrow('context canceled')
  await expect(other).rejects.toThrow('connection refused')
})
