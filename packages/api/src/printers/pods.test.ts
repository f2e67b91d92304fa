import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { tableColumns } from './table-columns.ts'

const now = Date.parse('2026-01-01T01:00:00Z')

function pod(spec: JsonObject, status: JsonObject, metadata: JsonObject = {}): KubeObject {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], ...spec },
    status,
  } as KubeObject
}

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } }
const waiting = (reason?: string): JsonObject => ({ waiting: { ...(reason && { reason }) } })
const ended = (exitCode: number, extra: JsonObject = {}): JsonObject => ({ terminated: { exitCode, ...extra } })

function container(name: string, state: JsonObject, extra: JsonObject = {}): JsonObject {
  return { name, state, ready: 'running' in state, restartCount: 0, ...extra }
}

const ready = { type: 'Ready', status: 'True' }
const restartedAt = (time: string): JsonObject => ({ lastState: { terminated: { exitCode: 1, finishedAt: time } } })

const cases: readonly {
  name: string
  spec?: JsonObject
  status: JsonObject
  metadata?: JsonObject
  /** Ready, Status, Restarts. */
  cells: readonly string[]
}[] = [
  { name: 'nothing known yet', status: { phase: 'Pending' }, cells: ['0/2', 'Pending', '0'] },
  {
    name: 'a reason goes before the phase',
    status: { phase: 'Failed', reason: 'Evicted' },
    cells: ['0/2', 'Evicted', '0'],
  },
  {
    name: 'gated',
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
    },
    cells: ['0/2', 'SchedulingGated', '0'],
  },
  {
    name: 'all running',
    status: { phase: 'Running', containerStatuses: [container('a', running), container('b', running)] },
    cells: ['2/2', 'Running', '0'],
  },
  {
    name: 'the first waiting container decides',
    status: {
      phase: 'Running',
      containerStatuses: [container('a', waiting('CrashLoopBackOff')), container('b', waiting('ImagePullBackOff'))],
    },
    cells: ['0/2', 'CrashLoopBackOff', '0'],
  },
  {
    name: 'a signal',
    status: {
      phase: 'Running',
      containerStatuses: [container('a', ended(137, { signal: 9 })), container('b', running)],
    },
    cells: ['1/2', 'Signal:9', '0'],
  },
  {
    name: 'an exit code',
    status: { phase: 'Running', containerStatuses: [container('a', ended(3)), container('b', running)] },
    cells: ['1/2', 'ExitCode:3', '0'],
  },
  {
    name: 'one completed, one running, ready',
    status: {
      phase: 'Running',
      conditions: [ready],
      containerStatuses: [container('a', ended(0, { reason: 'Completed' })), container('b', running)],
    },
    cells: ['1/2', 'Running', '0'],
  },
  {
    name: 'one completed, one running, not ready',
    status: {
      phase: 'Running',
      containerStatuses: [container('a', ended(0, { reason: 'Completed' })), container('b', running)],
    },
    cells: ['1/2', 'NotReady', '0'],
  },
  {
    name: 'one completed, one failed',
    status: {
      phase: 'Failed',
      containerStatuses: [
        container('a', ended(0, { reason: 'Completed' })),
        container('b', ended(1, { reason: 'Error' })),
      ],
    },
    cells: ['0/2', 'Error', '0'],
  },
  {
    name: 'the second init container runs',
    spec: { initContainers: [{ name: 'i' }, { name: 'j' }] },
    status: {
      phase: 'Pending',
      initContainerStatuses: [container('i', ended(0)), container('j', running, { restartCount: 2 })],
    },
    cells: ['0/2', 'Init:1/2', '2'],
  },
  {
    name: 'an init container waits to be initialised',
    spec: { initContainers: [{ name: 'i' }] },
    status: { phase: 'Pending', initContainerStatuses: [container('i', waiting('PodInitializing'))] },
    cells: ['0/2', 'Init:0/1', '0'],
  },
  {
    name: 'an init container cannot start',
    spec: { initContainers: [{ name: 'i' }] },
    status: { phase: 'Pending', initContainerStatuses: [container('i', waiting('ImagePullBackOff'))] },
    cells: ['0/2', 'Init:ImagePullBackOff', '0'],
  },
  {
    name: 'an init container failed with a reason',
    spec: { initContainers: [{ name: 'i' }] },
    status: { phase: 'Pending', initContainerStatuses: [container('i', ended(1, { reason: 'Error' }))] },
    cells: ['0/2', 'Init:Error', '0'],
  },
  {
    name: 'an init container failed without one',
    spec: { initContainers: [{ name: 'i' }] },
    status: { phase: 'Pending', initContainerStatuses: [container('i', ended(2))] },
    cells: ['0/2', 'Init:ExitCode:2', '0'],
  },
  {
    name: 'an init container was killed',
    spec: { initContainers: [{ name: 'i' }] },
    status: { phase: 'Pending', initContainerStatuses: [container('i', ended(137, { signal: 9 }))] },
    cells: ['0/2', 'Init:Signal:9', '0'],
  },
  {
    name: 'a started sidecar counts, restarts of finished init containers do not',
    spec: { initContainers: [{ name: 'i' }, { name: 's', restartPolicy: 'Always' }] },
    status: {
      phase: 'Running',
      initContainerStatuses: [
        container('i', ended(0), { restartCount: 7 }),
        container('s', running, { started: true, restartCount: 1, ...restartedAt('2026-01-01T00:58:00Z') }),
      ],
      containerStatuses: [
        container('a', running, { restartCount: 2, ...restartedAt('2026-01-01T00:55:00Z') }),
        container('b', running),
      ],
    },
    cells: ['3/3', 'Running', '3 (2m ago)'],
  },
  {
    name: 'being deleted',
    status: { phase: 'Running' },
    metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' },
    cells: ['0/2', 'Terminating', '0'],
  },
  {
    name: 'being deleted after it ended',
    status: { phase: 'Succeeded' },
    metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' },
    cells: ['0/2', 'Succeeded', '0'],
  },
  {
    name: 'being deleted on a lost node',
    status: { phase: 'Running', reason: 'NodeLost' },
    metadata: { deletionTimestamp: '2026-01-01T00:59:00Z' },
    cells: ['0/2', 'Unknown', '0'],
  },
]

describe('pods', () => {
  const columns = tableColumns('', 'Pod')

  test.each(cases)('$name', ({ spec = {}, status, metadata, cells }) => {
    const [row] = columns.print(pod(spec, status, metadata), now)
    expect(row?.cells.slice(1, 4)).toEqual(cells)
  })

  test('the wide columns', () => {
    const [row] = columns.print(
      pod(
        { nodeName: 'n1', readinessGates: [{ conditionType: 'x' }, { conditionType: 'y' }] },
        {
          phase: 'Running',
          podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }],
          nominatedNodeName: 'n2',
          conditions: [
            { type: 'x', status: 'True' },
            { type: 'y', status: 'False' },
          ],
        },
      ),
      now,
    )
    expect(row?.cells).toEqual(['web', '0/2', 'Running', '0', '60m', '10.0.0.1', 'n1', 'n2', '1/2'])
    expect(columns.print(pod({}, {}), now)[0]?.cells.slice(5)).toEqual(['<none>', '<none>', '<none>', '<none>'])
  })

  test('pods that have ended carry a condition', () => {
    const conditionsOf = (phase: string) => columns.print(pod({}, { phase }), now)[0]?.conditions
    expect(conditionsOf('Succeeded')).toEqual([
      { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
    ])
    expect(conditionsOf('Failed')?.[0]).toMatchObject({ reason: 'Failed', message: 'The pod failed.' })
    expect(conditionsOf('Running')).toBeUndefined()
  })
})
