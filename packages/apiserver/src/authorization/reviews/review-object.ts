import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { AdmissionHooks } from '../../registry/rest/capabilities.ts'
import { objectAt } from '../../values/read.ts'

/** A review's spec. Schemas have checked the types of its fields. */
export function specOf(review: KubeObject): JsonObject {
  return objectAt(review, 'spec') ?? {}
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
