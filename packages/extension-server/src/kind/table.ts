import type { JsonValue, KubeObject } from '@fairlead/apimachinery'
import { defaultColumns } from '@fairlead/api'
import type { ColumnDefinition, TableColumns } from '@fairlead/openapi'
import type { Column } from './kind.ts'
import { objectPath } from './object-path.ts'

/** Name, the columns of the kind, and the time of creation, which kubectl shows as an age. */
export function kindColumns(columns: readonly Column[] | undefined): TableColumns {
  if (columns === undefined || columns.length === 0) return defaultColumns
  const [name, createdAt] = defaultColumns.definitions as readonly [ColumnDefinition, ColumnDefinition]
  const readers = columns.map(({ path, type }) => {
    const read = objectPath(path)
    return (object: KubeObject): JsonValue => cell(read(object), type ?? 'string')
  })
  return {
    definitions: [name, ...columns.map(definitionOf), createdAt],
    print(object, now) {
      return defaultColumns.print(object, now).map(({ cells, ...row }) => {
        const [first = null, last = null] = cells
        return { ...row, cells: [first, ...readers.map((read) => read(object)), last] }
      })
    },
  }
}

function definitionOf({ name, type = 'string', description = '', priority = 0, path }: Column): ColumnDefinition {
  return { name, type, format: '', description: description || `The value of ${path}.`, priority }
}

function cell(value: JsonValue | undefined, type: NonNullable<Column['type']>): JsonValue {
  if (value === undefined) return type === 'string' ? '' : null
  return type === 'string' && typeof value === 'object' ? JSON.stringify(value) : value
}
