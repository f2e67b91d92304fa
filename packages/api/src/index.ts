export { convertEvent } from './conversion/event.ts'
export { convertHorizontalPodAutoscaler } from './conversion/horizontal-pod-autoscaler.ts'
export { definitionSource } from './definitions/definition-source.ts'
export type { DefinitionTexts } from './definitions/definitions.ts'
export { definition, definitionNames, definitionTexts } from './definitions/definitions.ts'
export { defaultColumns, tableColumns } from './printers/table-columns.ts'
export { aggregatedDiscoveryForm, protobufForm } from './protobuf/protobuf-form.ts'
export { builtinResources } from './resources/builtin-resources.ts'
export { builtinKind } from './resources/kinds.ts'
export { alignClusterIps, carryOverGiven } from './services/carry-over.ts'
export { chooseIpFamilies } from './services/ip-families.ts'
export {
  familyOf,
  canonicalAddress,
  clusterIpsOf,
  heldAddresses,
  heldNodePorts,
  type IpFamily,
  isHeadless,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePort,
  portsOf,
  type ServiceSpec,
  specOf,
} from './services/service.ts'
export { restoreAllBut, restoreField, restoreMetadata } from './strategies/restore.ts'
