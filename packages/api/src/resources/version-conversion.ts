import type { KubeObject } from '@fairlead/apimachinery'
import { convertEvent } from '../conversion/event.ts'
import { convertHorizontalPodAutoscaler } from '../conversion/horizontal-pod-autoscaler.ts'
import { convertDynamicResource } from '../conversion/dynamic-resource.ts'

/** Makes the form of another version; the kind stays. */
export type Convert = (object: KubeObject, apiVersion: string) => KubeObject

const conversions: Readonly<Record<string, Convert>> = {
  Event: convertEvent,
  HorizontalPodAutoscaler: convertHorizontalPodAutoscaler,
  ResourceClaim: convertDynamicResource,
  ResourceClaimTemplate: convertDynamicResource,
  ResourceSlice: convertDynamicResource,
}

/** How a kind is written in another version. Versions of most kinds differ in nothing but their name. */
export function convertTo(kind: string, apiVersion: string): (object: KubeObject) => KubeObject {
  const convert = conversions[kind] ?? renamed
  return (object) => (object.apiVersion === apiVersion ? object : convert(object, apiVersion))
}

function renamed(object: KubeObject, apiVersion: string): KubeObject {
  return { ...object, apiVersion }
}
