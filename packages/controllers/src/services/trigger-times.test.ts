import { expect, test } from 'vitest'
import type { Pod } from './pod.ts'
import type { Service } from './service.ts'
import { createTriggerTimes } from './trigger-times.ts'

const at = (second: number): string => `2030-01-01T00:00:0${second}Z`
const service = (creationTimestamp = at(1)): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'x', creationTimestamp },
})
const pod = (name: string, lastTransitionTime: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] },
})

test('the oldest of the changes that are new', () => {
  const times = createTriggerTimes()
  expect(times.observe(service(), [pod('old', at(0))])).toBe(at(1))
  expect(times.observe(service(), [pod('old', at(0))])).toBeUndefined()
  expect(times.observe(service(), [pod('old', at(0)), pod('a', at(4)), pod('b', at(3))])).toBe(at(3))
  expect(times.observe(service(), [pod('a', at(4)), pod('b', at(3))])).toBeUndefined()
  expect(times.observe(service(), [pod('a', at(5)), pod('b', at(2))])).toBe(at(5))
  expect(times.observe(service(at(6)), [pod('a', at(5)), pod('b', at(2))])).toBe(at(6))
})

test('a Service that was forgotten is new', () => {
  const times = createTriggerTimes()
  times.observe(service(), [])
  times.forget('x/s')
  expect(times.observe(service(), [pod('a', at(0))])).toBe(at(1))
})

test('pods without a time, or with one that is none, do not count', () => {
  const times = createTriggerTimes()
  times.observe(service(), [])
  expect(times.observe(service(), [pod('a', 'soon'), { ...pod('b', ''), status: {} }])).toBeUndefined()
})
