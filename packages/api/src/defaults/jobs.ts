import type { JsonObject } from '@fairlead/apimachinery'
import { objectAt } from '../values/read.ts'
import { always, type DefaultsTable, lacking, unlessZero } from './lacking.ts'
import { templateLabels } from './template-labels.ts'

const batch = 'io.k8s.api.batch.v1.'
const maxInt32 = 2 ** 31 - 1

/** Jobs; the job that a CronJob holds is completed when it is made. */
export const jobDefaults: DefaultsTable = {
  [`${batch}Job`]: job,
  [`${batch}CronJobSpec`]: always({
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
  [`${batch}PodFailurePolicyOnPodConditionsPattern`]: unlessZero({ status: 'True' }),
}

function job(object: JsonObject): JsonObject | undefined {
  const spec = objectAt(object, 'spec')
  const runsOnce = spec['completions'] === undefined && spec['parallelism'] === undefined
  return lacking(object, {
    ...templateLabels(object),
    spec: {
      parallelism: 1,
      ...(runsOnce && { completions: 1 }),
      backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : maxInt32,
      manualSelector: false,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
    },
  })
}
