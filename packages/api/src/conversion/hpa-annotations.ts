import { type JsonObject, JsonSyntaxError, type JsonValue, parseJson } from '@fairlead/apimachinery'
import { FieldTypeError } from './go-fields.ts'

const prefix = 'autoscaling.alpha.kubernetes.io/'

/** Annotations in which autoscaling/v1 carries what it has no fields for. */
export const hpaAnnotations: Readonly<Record<'metrics' | 'currentMetrics' | 'conditions' | 'behavior', string>> = {
  metrics: `${prefix}metrics`,
  currentMetrics: `${prefix}current-metrics`,
  conditions: `${prefix}conditions`,
  behavior: `${prefix}behavior`,
}

const roundTripNames: readonly string[] = [
  ...Object.values(hpaAnnotations),
  `${prefix}scale-down-tolerance`,
  `${prefix}scale-up-tolerance`,
]

/** Replaces the round-trip annotations of `metadata` by `next`; an empty map of annotations is left out. */
export function setRoundTripAnnotations(metadata: JsonObject, next: Readonly<Record<string, string>>): void {
  const annotations: JsonObject = {}
  for (const [key, value] of Object.entries((metadata['annotations'] ?? {}) as JsonObject)) {
    if (!roundTripNames.includes(key)) annotations[key] = value
  }
  Object.assign(annotations, next)
  if (Object.keys(annotations).length > 0) metadata['annotations'] = annotations
  else delete metadata['annotations']
}

/** What `read` makes of an annotation's JSON; undefined when the annotation is absent or holds something else. */
export function readAnnotation<T>(metadata: JsonObject, name: string, read: (content: JsonValue) => T): T | undefined {
  const content = ((metadata['annotations'] ?? {}) as JsonObject)[name]
  if (typeof content !== 'string') return undefined
  try {
    return read(parseJson(content))
  } catch (error) {
    if (error instanceof FieldTypeError || error instanceof JsonSyntaxError) return undefined
    throw error
  }
}
