import type { JsonObject } from '@fairlead/apimachinery'
import { describe, expect, test } from 'vitest'
import { objectAt } from '../values/read.ts'
import { expectRead, read } from './testing/read.ts'

const template = { metadata: {}, spec: objectAt(read('core.v1.PodTemplateSpec', {}), 'spec') }

describe('Job', () => {
  const defaults = {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    manualSelector: false,
    template,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  }
  const { completions: _, ...withoutEnd } = defaults
  const failing = { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'x', status: 'True' }] }] }
  test.each<[JsonObject, JsonObject]>([
    [{}, defaults],
    [{ parallelism: 3 }, { ...withoutEnd, parallelism: 3 }],
    [{ parallelism: 0 }, { ...withoutEnd, parallelism: 0 }],
    [{ completions: 3 }, { ...defaults, completions: 3 }],
    [
      { suspend: true, completionMode: 'Indexed', backoffLimit: 0 },
      { ...defaults, suspend: true, completionMode: 'Indexed', backoffLimit: 0 },
    ],
    [
      { backoffLimitPerIndex: 0 },
      {
        parallelism: 1,
        completions: 1,
        backoffLimit: 2147483647,
        backoffLimitPerIndex: 0,
        manualSelector: false,
        template,
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: 'TerminatingOrFailed',
      },
    ],
    [
      { podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'x' }] }] } },
      {
        parallelism: 1,
        completions: 1,
        podFailurePolicy: failing,
        backoffLimit: 6,
        manualSelector: false,
        template,
        completionMode: 'NonIndexed',
        suspend: false,
        podReplacementPolicy: 'Failed',
      },
    ],
  ])('%j', (spec, expected) => {
    expectRead('batch.v1.Job', { spec }, { metadata: {}, spec: expected, status: {} })
  })

  test.each<[JsonObject, JsonObject, JsonObject]>([
    [{}, { a: 'b' }, { labels: { a: 'b' } }],
    [{ labels: { c: 'd' } }, { a: 'b' }, { labels: { c: 'd' } }],
    [{ name: 'x', annotations: { k: 'v' } }, { a: 'b' }, { name: 'x', labels: { a: 'b' }, annotations: { k: 'v' } }],
  ])('with metadata %j and a template with labels %j has %j', (metadata, labels, expected) => {
    const job = read('batch.v1.Job', { metadata, spec: { template: { metadata: { labels } } } })
    expect(JSON.stringify(job['metadata'])).toBe(JSON.stringify(expected))
  })
})

test.each<[JsonObject, JsonObject]>([
  [{}, {}],
  [
    { suspend: true, concurrencyPolicy: 'Forbid' },
    { suspend: true, concurrencyPolicy: 'Forbid' },
  ],
  [
    { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 },
    { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0 },
  ],
])('CronJobSpec %j, whose job is left alone', (body, changed) => {
  expectRead('batch.v1.CronJobSpec', body, {
    schedule: '',
    concurrencyPolicy: 'Allow',
    suspend: false,
    jobTemplate: { metadata: {}, spec: { template } },
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
    ...changed,
  })
})
