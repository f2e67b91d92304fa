import type { DocumentedKind, DocumentedResource } from './documented-resource.ts'
import type { Parameter } from './parameters.ts'

/** One operation, in no particular OpenAPI version. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch' | 'head' | 'options'
  readonly id: string
  readonly description: string
  /** `x-kubernetes-action` and the kind; absent for paths that are no resources. */
  readonly action?: string
  readonly kind?: DocumentedKind
  readonly parameters: readonly Parameter[]
  /** Absent for operations without a body. */
  readonly body?: { readonly definition: string; readonly required: boolean; readonly mediaTypes?: readonly string[] }
  /** Status codes and the definition of their bodies; undefined for streams of anything. */
  readonly responses: Readonly<Record<string, string | undefined>>
  readonly responseMediaTypes: readonly string[]
  /** What the v2 document says that an operation without a body consumes; anything where it is absent. */
  readonly consumes?: readonly string[]
}

/** The operations of one path, with the parameters that they share. */
export interface PathItem {
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly operations: readonly Operation[]
}

/** The same paths with every parameter that all operations take moved to the path. */
export function withSharedParameters({ path, parameters, operations }: PathItem): PathItem {
  const [first, ...others] = operations
  const shared = (first?.parameters ?? []).filter((parameter) =>
    others.every((operation) => operation.parameters.some((other) => isSame(other, parameter))),
  )
  const isShared = (parameter: Parameter) => shared.some((other) => isSame(other, parameter))
  return {
    path,
    parameters: [...parameters, ...shared].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    operations: operations.map((operation) => ({
      ...operation,
      parameters: operation.parameters.filter((parameter) => !isShared(parameter)),
    })),
  }
}

/** Definitions that the operations of a path name. */
export function definitionsOf({ operations }: PathItem): string[] {
  return operations.flatMap(({ body, responses }) => [
    ...(body ? [body.definition] : []),
    ...Object.values(responses).filter((name) => name !== undefined),
  ])
}

/** The media types of an object that is no stream. */
export function plainTypes({ protobuf }: Pick<DocumentedResource, 'protobuf'>): readonly string[] {
  return ['application/json', 'application/yaml', ...(protobuf ? ['application/vnd.kubernetes.protobuf'] : [])]
}

function isSame(a: Parameter, b: Parameter): boolean {
  return a.name === b.name && a.in === b.in
}
