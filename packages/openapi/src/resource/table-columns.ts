import type { JsonValue, KubeObject } from '@fairlead/apimachinery'

/** A column of a meta.k8s.io Table. */
export interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

export interface TableRowCondition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** The printed form of one object: cells in column order, and row conditions. */
export interface PrintedRow {
  readonly cells: readonly JsonValue[]
  readonly conditions?: readonly TableRowCondition[]
}

/** How objects of a resource (stored form) are printed. `now` is milliseconds since the epoch, for ages. */
export interface TableColumns {
  readonly definitions: readonly ColumnDefinition[]
  print(object: KubeObject, now: number): readonly PrintedRow[]
}
