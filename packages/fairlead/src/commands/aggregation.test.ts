import { expect, test } from 'vitest'
import { renderReport } from './aggregation.ts'

const local = { name: 'v1.apps', path: '/apis/apps/v1', backend: 'local', available: true }
const remote = {
  name: 'v1.a.io',
  path: '/apis/a.io/v1',
  backend: 'demo/api:443',
  address: '10.0.0.7:443',
  available: false,
  certificate: { subject: 'CN=api', notAfter: '2027-01-01T00:00:00Z' },
  probe: { at: '2026-11-25T06:00:00Z', latencyMs: 12, reason: 'FailedDiscoveryCheck', message: 'no answer' },
}

test('the report is a table, followed by what is wrong', () => {
  expect(renderReport([local, remote], false)).toBe(
    [
      'PATH            BACKEND        ADDRESS        AVAILABLE   CERTIFICATE UNTIL      CABUNDLE UNTIL   LAST PROBE             LATENCY',
      '/apis/a.io/v1   demo/api:443   10.0.0.7:443   False       2027-01-01T00:00:00Z                    2026-11-25T06:00:00Z   12ms',
      'v1.a.io: FailedDiscoveryCheck: no answer',
      '',
    ].join('\n'),
  )
  expect(renderReport([local, remote], true)).toContain('/apis/apps/v1   local')
  expect(renderReport([local], false)).toBe('No APIService leads to another server.\n')
})
