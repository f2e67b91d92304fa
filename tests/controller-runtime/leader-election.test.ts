import type { Clock } from '@fairlead/apimachinery'
import { createClient } from '@fairlead/client'
import {
  controller,
  createManager,
  LeadershipLostError,
  type Lease,
  type LeaderElectionOptions,
  runWithLeaderElection,
} from '@fairlead/controller-runtime'
import { createManualClock } from '@fairlead/storage/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

let controlPlane: TestControlPlane
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
})
afterAll(() => controlPlane.stop())

const leases = () =>
  createClient(controlPlane.transport).resource<Lease>('coordination.k8s.io/v1', 'leases').namespace('kube-system')
const specOf = async (name: string) =>
  (
    await leases()
      .get(name)
      .catch(() => undefined)
  )?.spec

function electionOf(clock: Clock, name: string, identity: string, more: Partial<LeaderElectionOptions> = {}) {
  const client = createClient(controlPlane.transport, { clock, random: () => 0 })
  return { client, namespace: 'kube-system', name, identity, ...more }
}

/** A candidate that leads until it is told to stop. */
function candidate(options: LeaderElectionOptions) {
  const stopping = new AbortController()
  const log: string[] = []
  const lead = (signal: AbortSignal): Promise<void> => {
    log.push('leads')
    return new Promise((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => {
        log.push('stops')
        resolve()
      })
    })
  }
  const ended = runWithLeaderElection(options, lead, stopping.signal)
  ended.catch(() => undefined)
  return { log, ended, stop: () => stopping.abort() }
}

test('one of two candidates leads, renews, and hands over when it stops', async () => {
  const clock = createManualClock()
  const heard: string[] = []
  const told: string[] = []
  const recorder = {
    event: (_about: unknown, _type: string, reason: string, message: string) => void told.push(`${reason}: ${message}`),
  }
  const onNewLeader = (leader: string) => void heard.push(leader)
  const first = candidate(electionOf(clock, 'pair', 'first', { onNewLeader, recorder }))
  await expect.poll(() => first.log).toEqual(['leads'])
  const acquired = new Date(clock.now()).toISOString().replace('Z', '000Z')
  expect(await specOf('pair')).toEqual({
    holderIdentity: 'first',
    leaseDurationSeconds: 15,
    acquireTime: acquired,
    renewTime: acquired,
    leaseTransitions: 0,
  })
  const second = candidate(electionOf(clock, 'pair', 'second'))
  const step = async () => {
    clock.advance(500)
    return specOf('pair')
  }
  const later = clock.now() + 60_000
  await expect
    .poll(async () => Date.parse((await step())?.renewTime ?? '') > later, { interval: 1, timeout: 20_000 })
    .toBe(true)
  expect(await specOf('pair')).toMatchObject({ holderIdentity: 'first', acquireTime: acquired, leaseTransitions: 0 })
  expect(second.log).toEqual([])
  first.stop()
  await first.ended
  expect(first.log).toEqual(['leads', 'stops'])
  expect(await specOf('pair')).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 })
  await expect.poll(step, { interval: 1 }).toMatchObject({
    holderIdentity: 'second',
    leaseDurationSeconds: 15,
    leaseTransitions: 1,
  })
  await expect.poll(() => second.log).toEqual(['leads'])
  second.stop()
  await second.ended
  expect(heard).toEqual(['first'])
  expect(told).toEqual(['LeaderElection: first became leader', 'LeaderElection: first stopped leading'])
})

test('a lease runs out by how long it was seen unchanged, whatever its times say', async () => {
  const clock = createManualClock()
  const spec = {
    holderIdentity: 'dead',
    leaseDurationSeconds: 15,
    acquireTime: '2001-01-01T00:00:00.000000Z',
    renewTime: '2001-01-01T00:00:00.000000Z',
    leaseTransitions: 7,
  }
  await leases().create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'dead' }, spec })
  const started = clock.now()
  const heir = candidate(electionOf(clock, 'dead', 'heir'))
  const isLed = () => {
    if (heir.log.length === 0) clock.advance(500)
    return heir.log.length
  }
  await expect.poll(isLed, { interval: 1 }).toBe(1)
  expect(clock.now() - started).toBeGreaterThanOrEqual(15_000)
  expect(await specOf('dead')).toMatchObject({ holderIdentity: 'heir', leaseTransitions: 8 })
  heir.stop()
  await heir.ended
})

test('a leader that cannot renew for ten seconds stops, and does not give up what is not its own', async () => {
  const clock = createManualClock()
  const robbed = candidate(electionOf(clock, 'robbed', 'owner'))
  await expect.poll(() => robbed.log).toEqual(['leads'])
  await leases().patch('robbed', { spec: { holderIdentity: 'thief', leaseDurationSeconds: 3600 } }, { type: 'merge' })
  const started = clock.now()
  const hasStopped = () => {
    if (robbed.log.length === 1) clock.advance(500)
    return robbed.log
  }
  await expect.poll(hasStopped, { interval: 1 }).toEqual(['leads', 'stops'])
  await expect(robbed.ended).rejects.toThrow(LeadershipLostError)
  expect(clock.now() - started).toBeGreaterThanOrEqual(10_000)
  expect(await specOf('robbed')).toMatchObject({ holderIdentity: 'thief' })
})

test.each<[string, Partial<LeaderElectionOptions>, string]>([
  ['a lease as short as the deadline', { leaseDuration: 10_000 }, 'leaseDuration must be greater than renewDeadline'],
  ['a period as long as the deadline', { retryPeriod: 9_000 }, 'renewDeadline must be greater than retryPeriod'],
])('%s is refused', async (_title, times, message) => {
  const election = electionOf(createManualClock(), 'refused', 'a', times)
  await expect(candidate(election).ended).rejects.toThrow(message)
})

test('the controllers of a manager run when it leads, and its lease is free after them', async () => {
  const seen: string[] = []
  const manager = createManager({
    client: createClient(controlPlane.transport),
    leaderElection: { namespace: 'kube-system', name: 'managed', identity: 'one' },
  })
  manager.add(
    controller({
      for: { apiVersion: 'v1', kind: 'Namespace', resource: 'namespaces', clusterScoped: true },
      reconcile: async ({ name }) => {
        seen.push(`${name} ${(await specOf('managed'))?.holderIdentity}`)
      },
    }),
  )
  const stopping = new AbortController()
  const running = manager.run(stopping.signal)
  await expect.poll(() => seen).toContain('default one')
  stopping.abort()
  await running
  expect(await specOf('managed')).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 })
})
