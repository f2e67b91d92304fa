import type { JsonObject } from '@fairlead/apimachinery'
import { parseFieldSelector, quote, StatusError } from '@fairlead/apimachinery'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorizer.ts'
import { readRules } from '../rbac/read-policy.ts'
import { ruleAllows } from '../rbac/rule-allows.ts'
import type { RuleResolver } from '../rule-resolver.ts'
import type { NodeGraphSource } from './follow-node-objects.ts'
import type { NodeGraph, RelatedKind } from './node-graph.ts'
import { nodeNameOf } from './node-identity.ts'

/** A node that asks, and what it may reach. */
interface NodeRequest {
  readonly node: string
  readonly graph: NodeGraph
  readonly attributes: AuthorizationAttributes
}

type Rule = (request: NodeRequest) => AuthorizationDecision

/**
 * Lets nodes (users `system:node:NAME` in the group `system:nodes`) do what kubelets need: read what their pods refer to,
 * keep their own objects. What is not about such an object follows the given rules, which are the same for all nodes.
 * It never denies.
 */
export function nodeAuthorizer(source: NodeGraphSource, rules: readonly JsonObject[]): Authorizer {
  const common = readRules({ rules: [...rules] })
  return (attributes) => {
    const node = nodeNameOf(attributes.user)
    if (node === undefined) return no('')
    if (node === '') return no(`unknown node for user ${quote(attributes.user.name)}`)
    const special = attributes.isResourceRequest ? resourceRules[resourceOf(attributes)] : undefined
    if (special !== undefined) return source.ready().then(() => special({ node, graph: source.graph, attributes }))
    return common.some((rule) => ruleAllows(attributes, rule)) ? allow : no('')
  }
}

/** What a node may do depends on its pods, and cannot be listed. */
export const nodeRuleResolver: RuleResolver = (user) => ({
  resourceRules: [],
  nonResourceRules: [],
  ...(nodeNameOf(user) === undefined
    ? { incomplete: false }
    : { incomplete: true, evaluationError: 'node authorizer does not support user rule resolution' }),
})

/** By `resource` or `resource.group`. */
const resourceRules: Readonly<Record<string, Rule>> = {
  secrets: (request) => readNamespaced(request, 'secret'),
  configmaps: (request) => readNamespaced(request, 'configmap'),
  persistentvolumeclaims: (request) =>
    request.attributes.subresource === 'status'
      ? updateStatus(request, 'persistentvolumeclaim')
      : getOne(request, 'persistentvolumeclaim'),
  persistentvolumes: (request) => getOne(request, 'persistentvolume'),
  'resourceclaims.resource.k8s.io': (request) => getOne(request, 'resourceclaim'),
  'volumeattachments.storage.k8s.io': (request) => getOne(request, 'volumeattachment'),
  serviceaccounts: serviceAccount,
  'leases.coordination.k8s.io': lease,
  'csinodes.storage.k8s.io': csiNode,
  'resourceslices.resource.k8s.io': resourceSlice,
  nodes: ownNode,
  pods: pod,
  // Certificates of pods come with a feature that is off.
  'podcertificaterequests.certificates.k8s.io': () => no(''),
}

function resourceOf({ group, resource }: AuthorizationAttributes): string {
  return group === '' ? resource : `${resource}.${group}`
}

function readNamespaced(request: NodeRequest, kind: RelatedKind): AuthorizationDecision {
  const { verb, subresource, namespace } = request.attributes
  if (!isRead(verb)) return no('can only read resources of this type')
  if (subresource !== '') return no('cannot read subresource')
  if (namespace === '') return no('can only read namespaced object of this type')
  return related(request, kind)
}

function getOne(request: NodeRequest, kind: RelatedKind): AuthorizationDecision {
  const { verb, subresource } = request.attributes
  if (verb !== 'get') return no('can only get individual resources of this type')
  return subresource === '' ? related(request, kind) : no('cannot get subresource')
}

function updateStatus(request: NodeRequest, kind: RelatedKind): AuthorizationDecision {
  const { verb } = request.attributes
  return verb === 'update' || verb === 'patch' ? related(request, kind) : no('can only get/update/patch this type')
}

function serviceAccount(request: NodeRequest): AuthorizationDecision {
  const { verb, subresource, name } = request.attributes
  if (verb === 'get' && subresource === '') return readNamespaced(request, 'serviceaccount')
  if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts')
  if (subresource !== 'token') return no('can only create token subresource of serviceaccount')
  return related(request, 'serviceaccount')
}

const ownObjectVerbs: ReadonlySet<string> = new Set(['get', 'create', 'update', 'patch', 'delete'])

/** The name of an object that is created is not known here: admission compares it. */
function lease({ node, attributes }: NodeRequest): AuthorizationDecision {
  const { verb, namespace, name } = attributes
  if (!ownObjectVerbs.has(verb)) return no('can only get, create, update, patch, or delete a node lease')
  if (namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace')
  if (verb === 'create' || name === node) return allow
  return no('can only access node lease with the same name as the requesting node')
}

function csiNode({ node, attributes }: NodeRequest): AuthorizationDecision {
  const { verb, subresource, name } = attributes
  if (!ownObjectVerbs.has(verb)) return no('can only get, create, update, patch, or delete a CSINode')
  if (subresource !== '') return no('cannot authorize CSINode subresources')
  if (verb === 'create' || name === node) return allow
  return no('can only access CSINode with the same name as the requesting node')
}

function resourceSlice(request: NodeRequest): AuthorizationDecision {
  const { verb, subresource } = request.attributes
  if (subresource !== '') return no('cannot authorize ResourceSlice subresources')
  switch (verb) {
    case 'create':
      return allow
    case 'get':
    case 'update':
    case 'patch':
    case 'delete':
      return related(request, 'resourceslice')
    case 'watch':
    case 'list':
    case 'deletecollection':
      if (selectsOwn(request)) return allow
      return no('can only list/watch/deletecollection resourceslices with nodeName field selector')
    default:
      return no(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, deletecollection',
      )
  }
}

/** Names are compared, not looked up in the graph: kubelets read their Node before they create it. */
function ownNode({ node, attributes }: NodeRequest): AuthorizationDecision {
  const { verb, subresource, name } = attributes
  if (subresource === 'status' && isUpdate(verb)) return allow
  if (subresource !== '') return no('')
  if (verb === 'create' || isUpdate(verb)) return allow
  if (!isRead(verb)) return no('')
  if (name === node) return allow
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`)
  return no(`node '${node}' cannot read '${name}', only its own Node object`)
}

function pod(request: NodeRequest): AuthorizationDecision {
  const { verb, subresource, name } = request.attributes
  if (subresource === 'status' && isUpdate(verb)) return allow
  if (subresource === 'eviction' && verb === 'create') return allow
  if (subresource !== '') return no('')
  if (verb === 'create' || verb === 'delete') return allow
  if (verb === 'get') return related(request, 'pod')
  if (!isRead(verb)) return no('')
  if (selectsOwn(request)) return allow
  return name === '' ? no('can only list/watch pods with spec.nodeName field selector') : related(request, 'pod')
}

/** A selector that cannot be read selects nothing in particular. */
function selectsOwn({ node, attributes }: NodeRequest): boolean {
  if (attributes.fieldSelector === undefined) return false
  try {
    const { requirements } = parseFieldSelector(attributes.fieldSelector)
    return requirements.some(
      ({ field, operator, value }) => field === 'spec.nodeName' && operator === '=' && value === node,
    )
  } catch (error) {
    if (StatusError.is(error)) return false
    throw error
  }
}

function related({ node, graph, attributes }: NodeRequest, kind: RelatedKind): AuthorizationDecision {
  const { namespace, name } = attributes
  if (name === '') return no('No Object name found')
  if (graph.isRelated(node, { kind, namespace, name })) return allow
  return no(`no relationship found between node '${node}' and this object`)
}

function isRead(verb: string): boolean {
  return verb === 'get' || verb === 'list' || verb === 'watch'
}

function isUpdate(verb: string): boolean {
  return verb === 'update' || verb === 'patch'
}

const allow: AuthorizationDecision = { decision: 'allow' }

function no(reason: string): AuthorizationDecision {
  return { decision: 'no-opinion', reason }
}
