import { deepEqual, formatTimestamp, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import { at, objectAt, stringAt } from '../../values/read.ts'
import { restoreField } from '../restore.ts'
import type { KindRules } from '../strategy-rules.ts'

/** Persistent volumes are pending when created and remember when their phase last changed. */
export const persistentVolumeRules: KindRules = {
  prepareForCreate(volume, { clock }) {
    volume['status'] = { phase: 'Pending', lastPhaseTransitionTime: formatTimestamp(clock.now()) }
  },
  prepareForStatusUpdate(next, previous, { clock }) {
    const key = 'lastPhaseTransitionTime'
    const sent = at(next, 'status', key)
    const status = { ...objectAt(next, 'status') }
    const stored = objectAt(previous, 'status')
    if (stringAt(next, 'status', 'phase') === stringAt(previous, 'status', 'phase')) {
      if (sent === undefined) restoreField(status, stored, key)
    } else if (sent === undefined || sent === stored[key]) status[key] = formatTimestamp(clock.now())
    next['status'] = status
  },
}

/** `dataSource` and `dataSourceRef` mirror each other; old clients know only the first. */
export const persistentVolumeClaimRules: KindRules = {
  prepareForCreate: (claim) => normalizeDataSources(claim, undefined),
  prepareForUpdate: (next, previous) => normalizeDataSources(next, previous),
}

function normalizeDataSources(claim: KubeObject, previous: KubeObject | undefined): void {
  const spec: JsonObject = { ...objectAt(claim, 'spec') }
  const source = spec['dataSource']
  const reference = spec['dataSourceRef']
  if (source === undefined && reference === undefined) return
  const inUse = at(previous, 'spec', 'dataSource') !== undefined || at(previous, 'spec', 'dataSourceRef') !== undefined
  if (!inUse && reference === undefined && !isClaimOrSnapshot(source)) delete spec['dataSource']
  else if (reference === undefined) spec['dataSourceRef'] = copyReference(objectAt(source))
  else if (source === undefined && stringAt(reference, 'namespace') === '') {
    spec['dataSource'] = copyReference(objectAt(reference))
  }
  if (!deepEqual(spec, objectAt(claim, 'spec'))) claim['spec'] = spec
}

function copyReference({ apiGroup = null, kind = '', name = '' }: JsonObject): JsonObject {
  return { apiGroup, kind, name }
}

function isClaimOrSnapshot(source: unknown): boolean {
  const group = stringAt(source, 'apiGroup')
  const kind = stringAt(source, 'kind')
  if (kind === 'PersistentVolumeClaim') return group === ''
  return kind === 'VolumeSnapshot' && group === 'snapshot.storage.k8s.io'
}
