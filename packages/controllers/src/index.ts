export { addControllers, type ControllerHost } from './add-controllers.ts'
export type { BuiltinController, ControllerEnvironment, RootCa, SecretTokenIssuer } from './builtin-controller.ts'
export { controllerNames, selectControllers } from './select-controllers.ts'
export type { CertificateTerms, ClusterAuthority, ClusterSigning } from './certificates/cluster-signing.ts'
