import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { PrintedRow, TableRowCondition } from '@fairlead/openapi'
import { isObject, isTrueAt, listAt, numberAt, stringAt } from '../values/read.ts'
import { age, condition, containerCells, isDeleting, labelsText, name, since } from './cells.ts'
import { ageColumn, cellPrinter, nameColumn, type PrinterTable, rowPrinter, text, wideText } from './printer.ts'

const doneConditions: Readonly<Record<string, readonly TableRowCondition[]>> = {
  Succeeded: [
    { type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' },
  ],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
}

/** Pods and pod templates. */
export const podPrinters: PrinterTable = {
  Pod: rowPrinter(
    [
      nameColumn,
      text('Ready', 'How many containers are ready, of how many.'),
      text('Status', 'The state of the containers in one word.'),
      text('Restarts', 'How often containers have restarted, and when one did last.'),
      ageColumn,
      wideText('IP', 'The first address of the pod.'),
      wideText('Node', 'The node that runs the pod.'),
      wideText('Nominated Node', 'The node that will run the pod once it has room.'),
      wideText('Readiness Gates', 'How many readiness gates are true, of how many.'),
    ],
    printPod,
  ),
  PodTemplate: cellPrinter(
    [
      nameColumn,
      text('Containers', 'The names of the containers in the template.'),
      text('Images', 'The images of the containers in the template.'),
      text('Pod Labels', 'The labels of the template.'),
    ],
    (template) => [
      name(template),
      ...containerCells(podSpecOf(template)),
      labelsText(template, 'template', 'metadata', 'labels'),
    ],
  ),
}

function podSpecOf(template: KubeObject): JsonObject {
  const inner = template['template']
  return isObject(inner) && isObject(inner['spec']) ? inner['spec'] : {}
}

function printPod(pod: KubeObject, now: number): PrintedRow {
  const phase = stringAt(pod, 'status', 'phase')
  const summary = summarize(pod)
  const { restarts, lastRestart } = summary
  const ago = restarts > 0 && lastRestart !== '' ? ` (${since(lastRestart, now)} ago)` : ''
  return {
    cells: [
      name(pod),
      `${summary.ready}/${summary.total}`,
      deletionReason(pod, phase) ?? summary.reason,
      `${restarts}${ago}`,
      age(pod, now),
      podIp(pod) || '<none>',
      stringAt(pod, 'spec', 'nodeName') || '<none>',
      stringAt(pod, 'status', 'nominatedNodeName') || '<none>',
      readinessGates(pod),
    ],
    ...(doneConditions[phase] && { conditions: doneConditions[phase] }),
  }
}

/** The first address; `podIP` goes before the list, which writers that know one address only may leave out. */
function podIp(pod: KubeObject): string {
  return stringAt(pod, 'status', 'podIP') || stringAt(listAt(pod, 'status', 'podIPs')[0], 'ip')
}

function deletionReason(pod: KubeObject, phase: string): string | undefined {
  if (!isDeleting(pod)) return undefined
  if (stringAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown'
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating'
}

function readinessGates(pod: KubeObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates')
  if (gates.length === 0) return '<none>'
  const met = gates.filter((gate) => condition(pod, stringAt(gate, 'conditionType'))?.['status'] === 'True')
  return `${met.length}/${gates.length}`
}

interface PodSummary {
  reason: string
  ready: number
  total: number
  restarts: number
  /** RFC 3339, '' when there is none. */
  lastRestart: string
}

/** What the containers say of the pod, init containers first. */
function summarize(pod: KubeObject): PodSummary {
  const summary: PodSummary = {
    reason: stringAt(pod, 'status', 'reason') || stringAt(pod, 'status', 'phase'),
    ready: 0,
    total: listAt(pod, 'spec', 'containers').length,
    restarts: 0,
    lastRestart: '',
  }
  const conditions = listAt(pod, 'status', 'conditions')
  if (conditions.some((entry) => isScheduled(entry) && stringAt(entry, 'reason') === 'SchedulingGated')) {
    summary.reason = 'SchedulingGated'
  }
  const sidecars = new Set(
    listAt(pod, 'spec', 'initContainers')
      .filter((container) => stringAt(container, 'restartPolicy') === 'Always')
      .map((container) => stringAt(container, 'name')),
  )
  summary.total += sidecars.size
  const initializing = walkInitContainers(pod, sidecars, summary)
  if (!initializing || condition(pod, 'Initialized')?.['status'] === 'True') walkContainers(pod, sidecars, summary)
  return summary
}

function isScheduled(entry: unknown): boolean {
  return stringAt(entry, 'type') === 'PodScheduled'
}

/** Whether an init container still has to finish; then `reason` says how it is. */
function walkInitContainers(pod: KubeObject, sidecars: ReadonlySet<string>, summary: PodSummary): boolean {
  const statuses = listAt(pod, 'status', 'initContainerStatuses')
  for (const [index, status] of statuses.entries()) {
    addRestarts(status, summary)
    const terminated = stateOf(status, 'terminated')
    if (terminated !== undefined && (numberAt(terminated, 'exitCode') ?? 0) === 0) continue
    if (sidecars.has(stringAt(status, 'name')) && isTrueAt(status, 'started')) {
      if (isTrueAt(status, 'ready')) summary.ready += 1
      continue
    }
    const waiting = stringAt(stateOf(status, 'waiting'), 'reason')
    if (terminated !== undefined) summary.reason = `Init:${terminationReason(terminated)}`
    else if (waiting !== '' && waiting !== 'PodInitializing') summary.reason = `Init:${waiting}`
    else summary.reason = `Init:${index}/${listAt(pod, 'spec', 'initContainers').length}`
    return true
  }
  return false
}

function walkContainers(pod: KubeObject, sidecars: ReadonlySet<string>, summary: PodSummary): void {
  restartsOfSidecars(pod, sidecars, summary)
  let running = false
  let failure = ''
  for (const status of listAt(pod, 'status', 'containerStatuses').toReversed()) {
    addRestarts(status, summary)
    const waiting = stringAt(stateOf(status, 'waiting'), 'reason')
    const terminated = stateOf(status, 'terminated')
    if (waiting !== '') {
      summary.reason = waiting
    } else if (terminated !== undefined) {
      summary.reason = terminationReason(terminated)
      if ((numberAt(terminated, 'exitCode') ?? 0) !== 0) failure = summary.reason
    } else if (isTrueAt(status, 'ready') && stateOf(status, 'running') !== undefined) {
      running = true
      summary.ready += 1
    }
  }
  if (summary.reason !== 'Completed') return
  if (running && isReady(pod)) summary.reason = 'Running'
  else if (failure !== '') summary.reason = failure
  else if (running) summary.reason = 'NotReady'
}

function isReady(pod: KubeObject): boolean {
  return listAt(pod, 'status', 'conditions').some(
    (entry) => stringAt(entry, 'type') === 'Ready' && stringAt(entry, 'status') === 'True',
  )
}

/** Once initialised, only sidecars count among the init containers. */
function restartsOfSidecars(pod: KubeObject, sidecars: ReadonlySet<string>, summary: PodSummary): void {
  const counted: PodSummary = { ...summary, restarts: 0, lastRestart: '' }
  for (const status of reachedInitContainers(pod, sidecars)) {
    if (sidecars.has(stringAt(status, 'name'))) addRestarts(status, counted)
  }
  summary.restarts = counted.restarts
  summary.lastRestart = counted.lastRestart
}

/** Init containers up to the first one that has not finished. */
function reachedInitContainers(pod: KubeObject, sidecars: ReadonlySet<string>): readonly unknown[] {
  const statuses = listAt(pod, 'status', 'initContainerStatuses')
  const stop = statuses.findIndex((status) => {
    const terminated = stateOf(status, 'terminated')
    if (terminated !== undefined && (numberAt(terminated, 'exitCode') ?? 0) === 0) return false
    return !(sidecars.has(stringAt(status, 'name')) && isTrueAt(status, 'started'))
  })
  return stop < 0 ? statuses : statuses.slice(0, stop + 1)
}

function addRestarts(status: unknown, summary: PodSummary): void {
  summary.restarts += numberAt(status, 'restartCount') ?? 0
  const finished = stringAt(status, 'lastState', 'terminated', 'finishedAt')
  if (finished > summary.lastRestart) summary.lastRestart = finished
}

function stateOf(status: unknown, state: 'waiting' | 'running' | 'terminated'): JsonObject | undefined {
  const value = isObject(status) && isObject(status['state']) ? status['state'][state] : undefined
  return isObject(value) ? value : undefined
}

function terminationReason(terminated: JsonObject): string {
  const signal = numberAt(terminated, 'signal') ?? 0
  return (
    stringAt(terminated, 'reason') ||
    (signal !== 0 ? `Signal:${signal}` : `ExitCode:${numberAt(terminated, 'exitCode') ?? 0}`)
  )
}
