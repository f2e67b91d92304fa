import type { DocumentedResource } from './documented-resource.ts'

/** `CoreV1`, `AppsV1`, `RbacAuthorizationV1`: how operation ids name a group and a version. */
export function operationGroupVersion(group: string, version: string): string {
  return `${groupWords(group).map(capitalise).join('')}${capitalise(version)}`
}

/** `core_v1`, `apps_v1`, `rbacAuthorization_v1`: the tag of a group-version's operations. */
export function operationTag(group: string, version?: string): string {
  const [first = '', ...others] = groupWords(group)
  const name = `${first}${others.map(capitalise).join('')}`
  return version === undefined ? name : `${name}_${version}`
}

/** The id of an operation, such as `patchAppsV1NamespacedDeploymentStatus`; `verb` as ids spell it. */
export function operationId(verb: string, resource: DocumentedResource, shape: OperationShape = {}): string {
  const { group, version, namespaced, parentKind, subresource } = resource
  const scope = namespaced && !shape.allNamespaces ? 'Namespaced' : ''
  const collection = shape.collection ? 'Collection' : ''
  const suffix = `${shape.suffix ?? ''}${shape.allNamespaces ? 'ForAllNamespaces' : ''}`
  const method = shape.connectMethod ? capitalise(shape.connectMethod) : ''
  return `${verb}${operationGroupVersion(group, version)}${method}${collection}${scope}${parentKind}${capitalise(subresource)}${suffix}`
}

export interface OperationShape {
  readonly allNamespaces?: boolean
  readonly collection?: boolean
  /** `List` for watches of collections, `WithPath` for connects with a trailing path. */
  readonly suffix?: string
  readonly connectMethod?: string
}

function groupWords(group: string): string[] {
  return group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.')
}

function capitalise(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
}
