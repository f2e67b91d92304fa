import { deepEqual, type KubeObject } from '@fairlead/apimachinery'
import { at, isTrueAt, objectAt, stringAt } from '../../values/read.ts'
import { withEntry } from '../../values/with-entry.ts'
import type { KindRules } from '../strategy-rules.ts'

/** The status endpoint of deployments leaves labels alone. */
export const deploymentRules: KindRules = { statusKeepsMetadata: ['labels'] }

const templateGeneration = 'deprecated.daemonset.template.generation'

/** Daemon sets count changes of their template in an annotation of old. */
export const daemonSetRules: KindRules = {
  prepareForCreate(set) {
    const sent = Number.parseInt(set.metadata.annotations?.[templateGeneration] ?? '', 10)
    setTemplateGeneration(set, sent > 1 ? sent : 1)
  },
  prepareForUpdate(next, previous) {
    const stored = Number.parseInt(previous.metadata.annotations?.[templateGeneration] ?? '', 10) || 0
    const changed = !deepEqual(at(next, 'spec', 'template') ?? null, at(previous, 'spec', 'template') ?? null)
    setTemplateGeneration(next, changed ? stored + 1 : stored)
  },
}

function setTemplateGeneration({ metadata }: KubeObject, generation: number): void {
  metadata.annotations = withEntry(metadata.annotations ?? {}, templateGeneration, String(generation))
}

const podsAreKept =
  'child pods are preserved by default when jobs are deleted; ' +
  'set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

/** A job without a selector of its own selects its pods by its uid, and leaves them behind unless told otherwise. */
export const jobRules: KindRules = {
  warningsOnDelete: ({ propagationPolicy, orphanDependents }) =>
    propagationPolicy === undefined && orphanDependents === undefined ? [podsAreKept] : [],
  prepareForCreate(job) {
    if (isTrueAt(job, 'spec', 'manualSelector')) return
    const { name = '', uid = '' } = job.metadata
    const template = objectAt(job, 'spec', 'template')
    const metadata = objectAt(template, 'metadata')
    let labels = objectAt(metadata, 'labels') as Record<string, string>
    for (const [key, value] of jobLabels(name, uid))
      if (!Object.hasOwn(labels, key)) labels = withEntry(labels, key, value)
    const selector = objectAt(job, 'spec', 'selector')
    const matched = objectAt(selector, 'matchLabels') as Record<string, string>
    const selecting = stringAt(matched, controllerUid) === '' ? withEntry(matched, controllerUid, uid) : matched
    job['spec'] = {
      ...objectAt(job, 'spec'),
      selector: { ...selector, matchLabels: selecting },
      template: { ...template, metadata: { ...metadata, labels } },
    }
    // A job without labels has those of its template; when it was read, the template had none.
    if (Object.keys(job.metadata.labels ?? {}).length === 0) job.metadata.labels = labels
  },
}

const controllerUid = 'batch.kubernetes.io/controller-uid'

function jobLabels(name: string, uid: string): readonly (readonly [string, string])[] {
  return [
    ['job-name', name],
    ['batch.kubernetes.io/job-name', name],
    ['controller-uid', uid],
    [controllerUid, uid],
  ]
}
