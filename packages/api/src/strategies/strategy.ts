import {
  type FieldError,
  fieldPath,
  type KubeObject,
  nameIsDnsSubdomain,
  validateKubeFinalizers,
} from '@fairlead/apimachinery'
import { decodeWithSchema, type ResourceStrategy } from '@fairlead/openapi'
import { schemas } from '../resources/schemas.ts'
import { type GenerationRule, raiseGeneration, setInitialGeneration } from './generation.ts'
import { restoreAllBut, restoreField, restoreMetadata } from './restore.ts'
import type { KindRules, SubresourceRules } from './strategy-rules.ts'

/** What the fact tables say of a resource. */
export interface StrategyInput {
  /** The definition of the stored form. */
  readonly definition: string
  readonly createOnUpdate: boolean
  readonly unconditionalUpdate: boolean
  readonly returnsDeletedObject: boolean
  readonly garbageCollection: ResourceStrategy['garbageCollection']
  readonly hasStatus: boolean
  readonly generation: GenerationRule
  /** False for groups that take any qualified finalizer without asking for a domain. */
  readonly checksFinalizers: boolean
  selectableFields(object: KubeObject): Readonly<Record<string, string>>
  readonly rules: KindRules
}

/** The strategy of a built-in resource's main endpoint. */
export function createStrategy(input: StrategyInput): ResourceStrategy {
  const { rules, generation, hasStatus } = input
  return {
    createOnUpdate: input.createOnUpdate,
    unconditionalUpdate: input.unconditionalUpdate,
    returnsDeletedObject: input.returnsDeletedObject,
    garbageCollection: input.garbageCollection,
    validateName: rules.validateName ?? nameIsDnsSubdomain,
    selectableFields: input.selectableFields,
    prepareForCreate(object, context) {
      if (hasStatus && rules.keepsStatusOnCreate !== true) resetStatus(object, input.definition)
      setInitialGeneration(generation, object)
      if (rules.prepareForCreate === undefined) return
      rules.prepareForCreate(object, context)
      reorder(object, input.definition)
    },
    validateCreate: (object, context) => [
      ...(rules.validateCreate?.(object, context) ?? []),
      ...finalizerErrors(input, object),
    ],
    prepareForUpdate(next, previous, context) {
      if (hasStatus) restoreField(next, previous, 'status')
      if (rules.prepareForUpdate !== undefined) {
        rules.prepareForUpdate(next, previous, context)
        reorder(next, input.definition)
      }
      raiseGeneration(generation, next, previous)
    },
    validateUpdate: (next, previous, context) => [
      ...(rules.validateUpdate?.(next, previous, context) ?? []),
      ...finalizerErrors(input, next),
    ],
    ...(rules.gracePeriod === undefined ? undefined : { gracePeriod: rules.gracePeriod }),
    ...(rules.warningsOnDelete === undefined ? undefined : { warningsOnDelete: rules.warningsOnDelete }),
    ...(rules.prepareForDelete === undefined ? undefined : { prepareForDelete: rules.prepareForDelete }),
    ...(rules.extraFinalizers === undefined ? undefined : { extraFinalizers: rules.extraFinalizers }),
  }
}

/** The strategy of /status: everything but the status is restored, metadata as far as the kind says. */
export function createStatusStrategy(input: StrategyInput): ResourceStrategy {
  const { rules } = input
  return {
    ...createStrategy(input),
    createOnUpdate: false,
    prepareForUpdate(next, previous, context) {
      restoreAllBut(next, previous, ['status'])
      if (rules.statusKeepsMetadata !== undefined) restoreMetadata(next, previous, rules.statusKeepsMetadata)
      if (rules.prepareForStatusUpdate === undefined) return
      rules.prepareForStatusUpdate(next, previous, context)
      reorder(next, input.definition)
    },
    validateUpdate: (next, previous, context) => [
      ...(rules.validateStatusUpdate?.(next, previous, context) ?? []),
      ...finalizerErrors(input, next),
    ],
  }
}

/** The strategy of another subresource that writes the same kind. */
export function createPartStrategy(input: StrategyInput, part: SubresourceRules): ResourceStrategy {
  return {
    ...createStrategy(input),
    createOnUpdate: false,
    prepareForUpdate(next, previous, context) {
      part.prepareForUpdate(next, previous, context)
      reorder(next, input.definition)
      if (part.raisesGeneration === true) raiseGeneration(input.generation, next, previous)
    },
    validateUpdate: (next, previous, context) => [
      ...(part.validateUpdate?.(next, previous, context) ?? []),
      ...finalizerErrors(input, next),
    ],
  }
}

/** The empty status with what its fields write when they are absent; none where an absent status writes nothing. */
function resetStatus(object: KubeObject, definition: string): void {
  const absent = schemas.struct(definition).fields().byName.get('status')?.absent
  if (absent?.write === 'struct') object['status'] = decodeWithSchema(absent.schema, {}).object
  else delete object['status']
}

/**
 * Puts fields that hooks added where the schema has them, so that equal objects have equal bytes. Metadata is left to
 * the registry.
 */
function reorder(object: KubeObject, definition: string): void {
  const { object: ordered } = decodeWithSchema(schemas.struct(definition), object)
  for (const key of Object.keys(object)) if (key !== 'metadata') delete object[key]
  for (const key of Object.keys(ordered)) if (key !== 'metadata') object[key] = ordered[key]
}

function finalizerErrors({ checksFinalizers }: StrategyInput, { metadata }: KubeObject): readonly FieldError[] {
  if (!checksFinalizers || metadata.finalizers === undefined) return []
  return validateKubeFinalizers(metadata.finalizers, fieldPath('metadata', 'finalizers'))
}
