/**
 * The behavior annotation. Unlike the other annotations its content has the member names of the Go structs (`ScaleUp`,
 * `StabilizationWindowSeconds`) and writes absent members as null.
 */
import type { JsonObject } from '@fairlead/apimachinery'
import { compact, int32, optionalText, quantity, struct, structs, text } from './go-fields.ts'

/** `spec.behavior` (v2) as the content of the annotation. */
export function behaviorToAnnotation(behavior: JsonObject): JsonObject {
  return { ScaleUp: rulesToAnnotation(behavior, 'scaleUp'), ScaleDown: rulesToAnnotation(behavior, 'scaleDown') }
}

function rulesToAnnotation(behavior: JsonObject, name: string): JsonObject | null {
  const rules = struct(behavior, name)
  if (rules === undefined) return null
  return {
    StabilizationWindowSeconds: int32(rules, 'stabilizationWindowSeconds') ?? null,
    SelectPolicy: optionalText(rules, 'selectPolicy') ?? null,
    Policies:
      structs(rules, 'policies')?.map((policy) => ({
        Type: text(policy, 'type'),
        Value: int32(policy, 'value') ?? 0,
        PeriodSeconds: int32(policy, 'periodSeconds') ?? 0,
      })) ?? null,
    Tolerance: quantity(rules, 'tolerance') ?? null,
  }
}

/** The content of the annotation as `spec.behavior` (v2); undefined when it holds no rules. Throws FieldTypeError. */
export function behaviorFromAnnotation(content: JsonObject): JsonObject | undefined {
  const scaleUp = rulesFromAnnotation(content, 'ScaleUp')
  const scaleDown = rulesFromAnnotation(content, 'ScaleDown')
  return scaleUp === undefined && scaleDown === undefined ? undefined : compact({ scaleUp, scaleDown })
}

function rulesFromAnnotation(content: JsonObject, name: string): JsonObject | undefined {
  const rules = struct(content, name)
  if (rules === undefined) return undefined
  const policies = structs(rules, 'Policies')?.map((policy) => ({
    type: text(policy, 'Type'),
    value: int32(policy, 'Value') ?? 0,
    periodSeconds: int32(policy, 'PeriodSeconds') ?? 0,
  }))
  return compact({
    stabilizationWindowSeconds: int32(rules, 'StabilizationWindowSeconds'),
    selectPolicy: optionalText(rules, 'SelectPolicy'),
    policies: policies === undefined || policies.length === 0 ? undefined : policies,
    tolerance: quantity(rules, 'Tolerance'),
  })
}
