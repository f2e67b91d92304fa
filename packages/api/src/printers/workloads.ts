import { humanDuration, type KubeObject, parseTimestamp } from '@fairlead/apimachinery'
import { at, isTrueAt, listAt, numberAt, stringAt } from '../values/read.ts'
import {
  age,
  bareSelectorText,
  condition,
  containerCells,
  countText,
  isDeleting,
  labelsText,
  name,
  selectorText,
  since,
  textOr,
} from './cells.ts'
import {
  ageColumn,
  boolean,
  cellPrinter,
  containerColumns,
  integer,
  nameColumn,
  type PrinterTable,
  text,
  wideText,
} from './printer.ts'

const selectorColumn = wideText('Selector', 'The labels of the pods that belong to the object.')

const replicaColumns = [
  nameColumn,
  integer('Desired', 'The number of pods that are wanted.'),
  integer('Current', 'The number of pods that exist.'),
  integer('Ready', 'The number of pods that are ready.'),
  ageColumn,
  ...containerColumns,
  selectorColumn,
]

/** Kinds of apps and batch, and the ReplicationController. */
export const workloadPrinters: PrinterTable = {
  ReplicationController: cellPrinter(replicaColumns, (object, now) => [
    ...replicaCells(object, now),
    labelsText(object, 'spec', 'selector'),
  ]),
  'apps/ReplicaSet': cellPrinter(replicaColumns, (object, now) => [
    ...replicaCells(object, now),
    selectorText(at(object, 'spec', 'selector')),
  ]),
  'apps/Deployment': cellPrinter(
    [
      nameColumn,
      text('Ready', 'How many pods are ready, of how many.'),
      text('Up-to-date', 'The number of pods made from the current template.'),
      text('Available', 'The number of pods that have been ready for long enough.'),
      ageColumn,
      ...containerColumns,
      selectorColumn,
    ],
    (deployment, now) => [
      name(deployment),
      `${number(deployment, 'status', 'readyReplicas')}/${number(deployment, 'spec', 'replicas')}`,
      number(deployment, 'status', 'updatedReplicas'),
      number(deployment, 'status', 'availableReplicas'),
      age(deployment, now),
      ...containerCells(templateSpec(deployment)),
      bareSelectorText(at(deployment, 'spec', 'selector'), '<invalid>'),
    ],
  ),
  'apps/StatefulSet': cellPrinter(
    [nameColumn, text('Ready', 'How many pods are ready, of how many.'), ageColumn, ...containerColumns],
    (set, now) => [
      name(set),
      `${number(set, 'status', 'readyReplicas')}/${number(set, 'spec', 'replicas')}`,
      age(set, now),
      ...containerCells(templateSpec(set)),
    ],
  ),
  'apps/DaemonSet': cellPrinter(
    [
      nameColumn,
      integer('Desired', 'The number of nodes that should run the pod.'),
      integer('Current', 'The number of nodes that should run the pod and do.'),
      integer('Ready', 'The number of nodes with a ready pod.'),
      integer('Up-to-date', 'The number of nodes with a pod made from the current template.'),
      integer('Available', 'The number of nodes with a pod that has been ready for long enough.'),
      text('Node Selector', 'The labels of the nodes that may run the pod.'),
      ageColumn,
      ...containerColumns,
      selectorColumn,
    ],
    (set, now) => [
      name(set),
      number(set, 'status', 'desiredNumberScheduled'),
      number(set, 'status', 'currentNumberScheduled'),
      number(set, 'status', 'numberReady'),
      number(set, 'status', 'updatedNumberScheduled'),
      number(set, 'status', 'numberAvailable'),
      labelsText(set, 'spec', 'template', 'spec', 'nodeSelector'),
      age(set, now),
      ...containerCells(templateSpec(set)),
      selectorText(at(set, 'spec', 'selector')),
    ],
  ),
  'apps/ControllerRevision': cellPrinter(
    [
      nameColumn,
      text('Controller', 'The object that made the revision.'),
      text('Revision', 'The number of the revision.'),
      ageColumn,
    ],
    (revision, now) => [name(revision), controllerName(revision), at(revision, 'revision') ?? 0, age(revision, now)],
  ),
  'batch/Job': cellPrinter(
    [
      nameColumn,
      text('Status', 'The state of the job.'),
      text('Completions', 'How many pods have succeeded, of how many.'),
      text('Duration', 'How long the job has taken.'),
      ageColumn,
      ...containerColumns,
      selectorColumn,
    ],
    (job, now) => [
      name(job),
      jobStatus(job),
      completions(job),
      jobDuration(job, now),
      age(job, now),
      ...containerCells(templateSpec(job)),
      selectorText(at(job, 'spec', 'selector')),
    ],
  ),
  'batch/CronJob': cellPrinter(
    [
      nameColumn,
      text('Schedule', 'When jobs start, in cron form.'),
      text('Timezone', 'The time zone of the schedule.'),
      boolean('Suspend', 'Whether no further jobs start.'),
      integer('Active', 'The number of running jobs.'),
      text('Last Schedule', 'The time since a job was last started.'),
      ageColumn,
      ...containerColumns,
      selectorColumn,
    ],
    (cronJob, now) => [
      name(cronJob),
      stringAt(cronJob, 'spec', 'schedule'),
      textOr('<none>', cronJob, 'spec', 'timeZone'),
      suspended(cronJob),
      listAt(cronJob, 'status', 'active').length,
      hasText(cronJob, 'lastScheduleTime') ? since(at(cronJob, 'status', 'lastScheduleTime'), now) : '<none>',
      age(cronJob, now),
      ...containerCells(at(cronJob, 'spec', 'jobTemplate', 'spec', 'template', 'spec')),
      selectorText(at(cronJob, 'spec', 'jobTemplate', 'spec', 'selector')),
    ],
  ),
}

function number(...path: Parameters<typeof numberAt>): number {
  return numberAt(...path) ?? 0
}

function templateSpec(object: KubeObject): ReturnType<typeof at> {
  return at(object, 'spec', 'template', 'spec')
}

function replicaCells(object: KubeObject, now: number): readonly (string | number)[] {
  return [
    name(object),
    number(object, 'spec', 'replicas'),
    number(object, 'status', 'replicas'),
    number(object, 'status', 'readyReplicas'),
    age(object, now),
    ...containerCells(templateSpec(object)),
  ]
}

/** `deployment.apps/web`, from the owner that is the controller. */
function controllerName(revision: KubeObject): string {
  const owner = listAt(revision, 'metadata', 'ownerReferences').find((reference) => isTrueAt(reference, 'controller'))
  if (owner === undefined) return '<none>'
  const [group = '', version] = stringAt(owner, 'apiVersion').split('/')
  const kind = stringAt(owner, 'kind').toLowerCase()
  const groupKind = version === undefined ? kind : `${kind}.${group.toLowerCase()}`
  return groupKind === '' ? stringAt(owner, 'name') : `${groupKind}/${stringAt(owner, 'name')}`
}

function hasText(cronJob: KubeObject, field: string): boolean {
  return stringAt(cronJob, 'status', field) !== ''
}

function suspended(cronJob: KubeObject): string {
  const suspend = at(cronJob, 'spec', 'suspend')
  return suspend === true ? 'True' : suspend === false ? 'False' : '<unset>'
}

function jobStatus(job: KubeObject): string {
  const holds = (type: string): boolean => condition(job, type)?.['status'] === 'True'
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (isDeleting(job)) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  if (holds('SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return 'Running'
}

function completions(job: KubeObject): string {
  const succeeded = countText(at(job, 'status', 'succeeded'))
  const wanted = numberAt(job, 'spec', 'completions')
  if (wanted !== undefined) return `${succeeded}/${wanted}`
  const parallelism = number(job, 'spec', 'parallelism')
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(job: KubeObject, now: number): string {
  const start = parseTimestamp(stringAt(job, 'status', 'startTime'))
  if (start === undefined) return ''
  const end = parseTimestamp(stringAt(job, 'status', 'completionTime')) ?? now
  return humanDuration(end - start)
}
