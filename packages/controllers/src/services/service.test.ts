import { expect, test } from 'vitest'
import { ipFamiliesOf, isHeadless, type Service, selectsPods } from './service.ts'

const service = (spec: Service['spec']): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's' },
  ...(spec === undefined ? {} : { spec }),
})

test.each<[Service['spec'], string[]]>([
  [{ ipFamilies: ['IPv6', 'IPv4'], clusterIP: '10.0.0.1' }, ['IPv6', 'IPv4']],
  [{ ipFamilies: ['IPv4', 'IPv4', 'Other'] }, ['IPv4']],
  [{ clusterIP: '10.0.0.1' }, ['IPv4']],
  [{ clusterIP: 'fd00::1' }, ['IPv6']],
  [{ clusterIP: 'None' }, ['IPv4', 'IPv6']],
  [{}, ['IPv4', 'IPv6']],
  [undefined, ['IPv4', 'IPv6']],
])('families of %j', (spec, families) => {
  expect(ipFamiliesOf(service(spec))).toEqual(families)
})

test.each<[Service['spec'], boolean]>([
  [{ selector: { a: 'b' } }, true],
  [{ selector: {} }, false],
  [{}, false],
  [undefined, false],
  [{ selector: { a: 'b' }, type: 'ExternalName' }, false],
])('%j selects pods: %j', (spec, selects) => {
  expect(selectsPods(service(spec))).toBe(selects)
})

test.each<[string | undefined, boolean]>([
  ['None', true],
  ['10.0.0.1', false],
  ['', true],
  [undefined, true],
])('the cluster IP %j means headless: %j', (clusterIP, headless) => {
  expect(isHeadless(service(clusterIP === undefined ? {} : { clusterIP }))).toBe(headless)
})
