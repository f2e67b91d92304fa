import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import type { ColumnDefinition, PrintedRow, TableColumns } from '@fairlead/openapi'

/** The printers of some kinds by `group/Kind`, or `Kind` in the core group. */
export type PrinterTable = Readonly<Record<string, TableColumns>>

/** Columns with a function that gives the cells of one object, in the order of the columns. */
export function cellPrinter(
  definitions: readonly ColumnDefinition[],
  cells: (object: KubeObject, now: number) => readonly JsonValue[],
): TableColumns {
  return rowPrinter(definitions, (object, now) => ({ cells: cells(object, now) }))
}

/** Columns with a function that gives the row of one object. */
export function rowPrinter(
  definitions: readonly ColumnDefinition[],
  row: (object: KubeObject, now: number) => PrintedRow,
): TableColumns {
  return { definitions, print: (object, now) => [row(object, now)] }
}

/** A column of texts that is always shown. */
export function text(name: string, description: string): ColumnDefinition {
  return { name, type: 'string', format: '', description, priority: 0 }
}

/** A column of texts that clients show on demand (`-o wide`). */
export function wideText(name: string, description: string): ColumnDefinition {
  return { ...text(name, description), priority: 1 }
}

/** A column of whole numbers. */
export function integer(name: string, description: string): ColumnDefinition {
  return { ...text(name, description), type: 'integer' }
}

/** A column of booleans. */
export function boolean(name: string, description: string): ColumnDefinition {
  return { ...text(name, description), type: 'boolean' }
}

/** The column of names that clients take a row's name from. */
export const nameColumn: ColumnDefinition = {
  ...text('Name', 'The name of the object, unique within its resource and namespace.'),
  format: 'name',
}

/** The column of ages. */
export const ageColumn: ColumnDefinition = text('Age', 'The time since the object was created.')

/** Containers and images of a pod template, on demand. */
export const containerColumns: readonly ColumnDefinition[] = [
  wideText('Containers', 'The names of the containers in the template.'),
  wideText('Images', 'The images of the containers in the template.'),
]
