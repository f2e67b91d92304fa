import { restoreAllBut, restoreField, restoreMetadata } from '@fairlead/api'
import {
  deepEqual,
  type FieldError,
  type JsonObject,
  type KubeObject,
  nameIsDnsSubdomain,
} from '@fairlead/apimachinery'
import type { KindDescription, ResourceStrategy } from '@fairlead/openapi'
import { validateNode } from '../schema/validate.ts'
import { collectFieldErrors } from './field-errors.ts'
import type { ErasedKindOptions } from './kind.ts'
import { objectPath } from './object-path.ts'

/** The rules of a kind's main endpoint, from what its author said. */
export function kindStrategy(options: ErasedKindOptions, stored: KindDescription): ResourceStrategy {
  const hasStatus = options.subresources.status === true
  const selectable = (options.selectableFields ?? []).map((path) => [path, objectPath(path)] as const)
  const validate = (object: KubeObject): readonly FieldError[] => [
    ...validateNode(options.node, object, undefined),
    ...collectFieldErrors((errors) => options.validate?.(object, errors)),
  ]
  return {
    createOnUpdate: false,
    unconditionalUpdate: false,
    returnsDeletedObject: false,
    garbageCollection: 'Background',
    validateName: nameIsDnsSubdomain,
    selectableFields: (object) =>
      Object.fromEntries(selectable.map(([path, read]) => [path, selectorText(read(object))])),
    prepareForCreate(object, context) {
      if (hasStatus) {
        delete object['status']
        object.metadata.generation = 1
      }
      options.prepareForCreate?.(object, context)
      reorder(object, stored)
    },
    validateCreate: validate,
    prepareForUpdate(next, previous, context) {
      if (hasStatus) restoreField(next, previous, 'status')
      options.prepareForUpdate?.(next, previous, context)
      reorder(next, stored)
      if (hasStatus && contentChanged(next, previous)) {
        next.metadata.generation = (previous.metadata.generation ?? 0) + 1
      }
    },
    validateUpdate: (next, previous) =>
      options.validateUpdate === undefined
        ? validate(next)
        : [
            ...validateNode(options.node, next, undefined),
            ...collectFieldErrors((errors) => options.validateUpdate?.(next, previous, errors)),
          ],
    ...(options.warnings === undefined
      ? {}
      : { warningsOnCreate: options.warnings, warningsOnUpdate: (next: KubeObject) => options.warnings?.(next) ?? [] }),
  }
}

/** The rules of /status: only the status changes. */
export function statusStrategy(options: ErasedKindOptions, main: ResourceStrategy): ResourceStrategy {
  const statusNode = options.node.fields['status']
  return {
    ...main,
    prepareForUpdate(next, previous) {
      restoreAllBut(next, previous, ['status'])
      restoreMetadata(next, previous, 'all')
    },
    validateUpdate: (next) =>
      statusNode === undefined
        ? []
        : validateNode({ type: 'object', fields: { status: statusNode } }, { status: next['status'] }, undefined),
  }
}

function contentChanged(next: KubeObject, previous: KubeObject): boolean {
  const names = new Set([...Object.keys(next), ...Object.keys(previous)])
  for (const outside of ['apiVersion', 'kind', 'metadata', 'status']) names.delete(outside)
  return [...names].some((name) => !deepEqual(next[name] ?? null, previous[name] ?? null))
}

/** Puts fields that hooks added where the schema has them, so that equal objects have equal bytes. */
function reorder(object: KubeObject, { decode }: KindDescription): void {
  const ordered: JsonObject = decode(object).object
  for (const key of Object.keys(object)) if (key !== 'metadata') delete object[key]
  for (const key of Object.keys(ordered)) if (key !== 'metadata') object[key] = ordered[key]
}

function selectorText(value: unknown): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}
