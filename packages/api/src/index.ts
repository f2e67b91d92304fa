export type { DefinitionTexts } from './definitions/definitions.ts'
export { definition, definitionNames, definitionTexts } from './definitions/definitions.ts'
export { defaultColumns, tableColumns } from './printers/table-columns.ts'
