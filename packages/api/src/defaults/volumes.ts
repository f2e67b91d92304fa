import type { JsonObject } from '@fairlead/apimachinery'
import { stringAt } from '../values/read.ts'
import { imagePullPolicy } from './image-pull-policy.ts'
import { always, type DefaultsTable } from './lacking.ts'

const core = 'io.k8s.api.core.v1.'
const readableByAll = always({ defaultMode: 0o644 })

/** Volumes of pods, and what persistent volumes have in common with them. */
export const volumeDefaults: DefaultsTable = {
  [`${core}Volume`]: emptyDirUnlessTold,
  [`${core}ConfigMapVolumeSource`]: readableByAll,
  [`${core}DownwardAPIVolumeSource`]: readableByAll,
  [`${core}ProjectedVolumeSource`]: readableByAll,
  [`${core}SecretVolumeSource`]: readableByAll,
  [`${core}ServiceAccountTokenProjection`]: always({ expirationSeconds: 3600 }),
  [`${core}HostPathVolumeSource`]: always({ type: '' }),
  [`${core}ImageVolumeSource`]: (source) =>
    source['pullPolicy'] === undefined ? { pullPolicy: imagePullPolicy(stringAt(source, 'reference')) } : undefined,
}

function emptyDirUnlessTold(volume: JsonObject): JsonObject | undefined {
  for (const key in volume) if (key !== 'name') return undefined
  return { emptyDir: {} }
}
