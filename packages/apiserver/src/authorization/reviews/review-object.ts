import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'
import type { AdmissionHooks } from '../../registry/rest/capabilities.ts'

/** A review's spec. Schemas have checked the types of its fields. */
export function specOf(review: KubeObject): JsonObject {
  return objectAt(review, 'spec') ?? {}
}

/** A field that holds an object. */
export function objectAt(holder: JsonObject, field: string): JsonObject | undefined {
  const value = holder[field]
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

/** A field that holds a string; empty when absent. */
export function stringAt(holder: JsonObject, field: string): string {
  const value = holder[field]
  return typeof value === 'string' ? value : ''
}

/** A field that holds strings; empty when absent. */
export function stringsAt(holder: JsonObject, field: string): readonly string[] {
  const value = holder[field]
  return Array.isArray(value) ? value.filter(isString) : []
}

/** A field that holds objects; empty when absent. */
export function objectsAt(holder: JsonObject, field: string): readonly JsonObject[] {
  const value = holder[field]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The review with its answer, in wire order. */
export function answered(review: KubeObject, status: JsonObject): KubeObject {
  const { kind, apiVersion, metadata } = review
  return { kind, apiVersion, metadata, spec: review['spec'] ?? {}, status }
}

/** Admission of a review, which is only ever created and never has a name. */
export async function admitReview(review: KubeObject, admit: AdmissionHooks): Promise<void> {
  const attributes = { operation: 'CREATE', name: '', object: review } as const
  await admit.mutate(attributes)
  await admit.validate(attributes)
}

function isString(value: JsonValue): value is string {
  return typeof value === 'string'
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
