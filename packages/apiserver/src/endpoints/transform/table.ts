import { badRequest, type JsonObject, type KubeObject, quote } from '@fairlead/apimachinery'
import type { PrintedRow, TableColumns } from '@fairlead/openapi'
import type { Transform } from '../../negotiation/output.ts'
import { partialMetadata } from './partial-metadata.ts'

/** What each row of a Table carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

/** Reads `includeObject` of a Table request. Throws BadRequest. */
export function parseIncludeObject(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? ''
  switch (value) {
    case '':
      return 'Metadata'
    case 'None':
    case 'Metadata':
    case 'Object':
      return value
    default:
      throw badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: ${quote(value)}: must be 'Metadata', 'Object', 'None', or empty`,
      )
  }
}

/** How the rows of a Table are made. */
export interface TableOptions {
  readonly columns: TableColumns
  readonly version: Transform['version']
  readonly includeObject: IncludeObject
  /** Milliseconds since the epoch, for ages. */
  readonly now: number
  /** The object in the version of the request. */
  fromStorage(object: KubeObject): KubeObject
}

/** Everything of a Table but its rows. Later events of a watch have no column definitions: null. */
export function tableHead(
  { columns, version }: Pick<TableOptions, 'columns' | 'version'>,
  metadata: JsonObject,
  withColumns = true,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columns.definitions.map((definition) => ({ ...definition })) : null,
  }
}

/** The rows of one object, which is in stored form. */
export function tableRows(object: KubeObject, options: TableOptions): JsonObject[] {
  return options.columns.print(object, options.now).map((row) => tableRow(row, rowObject(object, options)))
}

function tableRow({ cells, conditions }: PrintedRow, object: JsonObject | null): JsonObject {
  const row: JsonObject = { cells: [...cells] }
  if (conditions !== undefined && conditions.length > 0) {
    row['conditions'] = conditions.map((condition) => ({ ...condition }))
  }
  row['object'] = object
  return row
}

function rowObject(object: KubeObject, options: TableOptions): JsonObject | null {
  if (options.includeObject === 'Object') return options.fromStorage(object)
  if (options.includeObject === 'Metadata' || endsInitialEvents(object)) return partialMetadata(object, options.version)
  return null
}

/** The bookmark that ends the initial events is recognised by its annotation, so its metadata is always sent. */
function endsInitialEvents(object: KubeObject): boolean {
  return object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true'
}
