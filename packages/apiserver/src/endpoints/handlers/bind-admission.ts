import { internalError, invalid, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { AdmissionAttributes } from '../../admission/admission.ts'
import type { Authorizer } from '../../authorization/authorizer.ts'
import { forbiddenRequest } from '../../authorization/forbidden.ts'
import { requestAttributes } from '../../authorization/request-attributes.ts'
import type { AdmissionHooks } from '../../registry/rest/capabilities.ts'
import type { RequestContext } from '../../request/request-context.ts'
import type { ServedResource } from '../served-resource.ts'
import type { HandlerServices } from './handler-services.ts'
import { dropRepeatedOwners } from './repeated-owners.ts'

/** What of a write admission cannot see in its objects. */
export interface AdmittedWrite {
  readonly namespace: string
  readonly dryRun: boolean
  /** The options as an object of meta.k8s.io, for the operation that it turns out to be. */
  options(operation: AdmissionAttributes['operation']): JsonObject
  /** True for PUT and PATCH: making an object needs the permission to create it. */
  readonly authorizeCreate: boolean
}

/**
 * Binds admission to a request. The storage calls the hooks with objects in stored form; plugins see them in the version
 * of the request, and what they change is carried back.
 */
export function bindAdmission(
  services: HandlerServices,
  { resource, context }: { readonly resource: ServedResource; readonly context: RequestContext },
  write: AdmittedWrite,
): AdmissionHooks {
  const { admission, authorizer } = services
  const attributesOf = (
    { operation, name, object, oldObject }: Parameters<AdmissionHooks['mutate']>[0],
    shown: KubeObject | undefined,
  ): AdmissionAttributes => ({
    operation,
    kind: { group: resource.kind.group, version: resource.kind.version, kind: resource.kind.kind },
    resource: { group: resource.group, version: resource.version, resource: resource.resource },
    subresource: resource.subresource,
    namespace: admittedNamespace(resource, write.namespace, name),
    name: name === '' ? (object?.metadata.name ?? '') : name,
    ...(shown !== undefined && { object: shown }),
    ...(oldObject !== undefined && { oldObject: resource.fromStorage(oldObject) }),
    options: write.options(operation),
    dryRun: write.dryRun,
    user: context.user,
    warnings: context.warnings,
  })
  return {
    async mutate(attributes) {
      const { object } = attributes
      const shown = object === undefined ? undefined : resource.fromStorage(object)
      await admission.mutate(attributesOf(attributes, shown))
      if (shown !== undefined) validateVersion(resource, shown, attributes.name)
      if (object !== undefined && shown !== undefined && shown !== object) {
        replaceContent(object, resource.toStorage(shown))
      }
      if (object !== undefined) dropRepeatedOwners(object.metadata, context.warnings, 'after admission')
    },
    async validate(attributes) {
      if (attributes.operation === 'CREATE' && write.authorizeCreate) await authorizeCreate(authorizer, context)
      const { object } = attributes
      await admission.validate(
        attributesOf(attributes, object === undefined ? undefined : resource.fromStorage(object)),
      )
    },
  }
}

/** A namespace is created in itself. */
function admittedNamespace(resource: ServedResource, namespace: string, name: string): string {
  if (namespace !== '' || resource.resource !== 'namespaces' || resource.group !== '') return namespace
  return name
}

function validateVersion(resource: ServedResource, object: KubeObject, name: string): void {
  const errors = resource.validate?.(object) ?? []
  if (errors.length > 0) throw invalid(resource.kind, name || (object.metadata.name ?? ''), errors)
}

function replaceContent(object: KubeObject, content: KubeObject): void {
  for (const key of Object.keys(object)) if (!Object.hasOwn(content, key)) delete object[key]
  Object.assign(object, content)
}

async function authorizeCreate(authorizer: Authorizer | undefined, context: RequestContext): Promise<void> {
  if (authorizer === undefined) throw internalError('no authorizer provided, unable to authorize a create on update')
  const attributes = { ...requestAttributes(context), verb: 'create' }
  const { decision, reason } = await authorizer(attributes)
  if (decision !== 'allow') throw forbiddenRequest(attributes, reason)
}
