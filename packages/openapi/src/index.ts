export type { DecodedBody, KindDescription, ProtobufForm } from './resource/kind-description.ts'
export type {
  ResourceDescription,
  ResourceStorage,
  ResourceVersion,
  ScaleMapping,
  SubresourceDescription,
  Verb,
} from './resource/resource-description.ts'
export type { ResourceStrategy, StrategyContext } from './resource/strategy.ts'
export type { ColumnDefinition, PrintedRow, TableColumns, TableRowCondition } from './resource/table-columns.ts'
