import {
  badRequest,
  type Clock,
  conflict,
  type FieldError,
  formatTimestamp,
  internalError,
  invalid,
  invalidValue,
  type JsonObject,
  type KubeObject,
  notFound,
  parseGroupVersion,
  quote,
} from '@fairlead/apimachinery'
import { specOf } from '../../authorization/reviews/review-object.ts'
import { objectAt, stringAt, stringsAt } from '../../values/read.ts'
import type { Action, ObjectKey } from '../../registry/rest/capabilities.ts'
import type { WarningRecorder } from '../../request/warning-recorder.ts'
import { type BoundResource, type FindBoundObject, getServiceAccount } from './bound-objects.ts'
import type { TokenSigner } from './sign-token.ts'
import { type BoundReference, boundTokenClaims } from './token-claims.ts'

const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' }
const asResource = { group: 'authentication.k8s.io', resource: 'TokenRequest' }
const defaultExpiration = 3600
const minExpiration = 600
const maxExpiration = 2 ** 32
/** The odd period for which kubelets ask on behalf of pods: tokens of it may be extended, and their use is watched. */
const extendableExpiration = 3607

/** What the token subresource of service accounts is told. */
export interface TokenRequestOptions {
  readonly clock: Clock
  readonly newId: () => string
  readonly issuer: string
  readonly sign: TokenSigner
  /** Audiences of this server, for requests that name none. */
  readonly audiences: readonly string[]
  readonly find: FindBoundObject
  /** Longest life of a token, in seconds; longer requests are shortened with a warning. */
  readonly maxExpirationSeconds?: number
  /** How long the tokens of pods really live that ask for the extendable period; absent when exactly that. */
  readonly extendedExpirationSeconds?: number
}

/** POST of serviceaccounts/token: issues a token for a service account, perhaps bound to another object. */
export function createTokenRequestAction(options: TokenRequestOptions): Action {
  return {
    async perform(context, key, request, { admit }) {
      const attributes = { operation: 'CREATE', name: key.name, object: request } as const
      await admit.mutate(attributes)
      checkNames(request, key)
      const account = await getServiceAccount(options.find, key.namespace, key.name)
      const now = options.clock.now()
      const spec = completed(request, account, { audiences: options.audiences, now })
      const errors = validateExpiration(spec)
      if (errors.length > 0) throw invalid(kind, '', errors)
      await admit.validate(attributes)
      const bound = await boundObjects(spec, key, options.find)
      shorten(spec, options.maxExpirationSeconds, context.warnings)
      const id = options.newId()
      const claims = boundTokenClaims(
        {
          serviceAccount: account,
          audiences: stringsAt(spec, 'audiences'),
          now,
          ...lifetime(spec, { ...options, isPodBound: bound.pod !== undefined }),
          id,
          ...bound,
        },
        options.issuer,
      )
      const status = {
        token: await signed(options.sign(claims)),
        expirationTimestamp: formatTimestamp(now + expirationOf(spec) * 1000),
      }
      context.audit?.annotate('authentication.kubernetes.io/issued-credential-id', `JTI=${id}`)
      const { apiVersion, metadata } = request
      return { kind: 'TokenRequest', apiVersion, metadata, spec, status }
    },
  }
}

async function signed(token: Promise<string>): Promise<string> {
  try {
    return await token
  } catch (error) {
    throw internalError(`failed to generate token: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function checkNames({ metadata }: KubeObject, key: ObjectKey): void {
  const { name = '', namespace = '' } = metadata
  const refuse = (field: string, value: string): never => {
    throw invalid(kind, key.name, [
      invalidValue(`metadata.${field}`, value, `must match the service account ${field} if specified`),
    ])
  }
  if (name !== '' && name !== key.name) refuse('name', name)
  if (namespace !== '' && namespace !== key.namespace) refuse('namespace', namespace)
}

/** Fills in what the request leaves open; its spec is the result, which is changed further on. */
function completed(
  request: KubeObject,
  account: KubeObject,
  { audiences, now }: { readonly audiences: readonly string[]; readonly now: number },
): JsonObject {
  const { name = '', namespace = '', uid = '' } = account.metadata
  const { metadata } = request
  if (metadata.uid !== undefined && metadata.uid !== '' && metadata.uid !== uid) {
    throw conflict(
      asResource,
      name,
      `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`,
    )
  }
  Object.assign(metadata, { name, namespace, uid, creationTimestamp: formatTimestamp(now) })
  const given = specOf(request)
  const asked = stringsAt(given, 'audiences')
  const spec: JsonObject = {
    audiences: asked.length > 0 ? [...asked] : [...audiences],
    expirationSeconds: given['expirationSeconds'] ?? defaultExpiration,
    boundObjectRef: given['boundObjectRef'] ?? null,
  }
  request['spec'] = spec
  delete request['status']
  return spec
}

function validateExpiration(spec: JsonObject): readonly FieldError[] {
  const seconds = expirationOf(spec)
  const problem = (text: string): FieldError => invalidValue('spec.expirationSeconds', seconds, text)
  return [
    ...(seconds < minExpiration ? [problem('may not specify a duration less than 10 minutes')] : []),
    ...(seconds > maxExpiration ? [problem('may not specify a duration larger than 2^32 seconds')] : []),
  ]
}

function expirationOf(spec: JsonObject): number {
  return Number(spec['expirationSeconds'])
}

function shorten(spec: JsonObject, longest: number | undefined, warnings: WarningRecorder): void {
  const seconds = expirationOf(spec)
  if (longest === undefined || seconds <= longest) return
  warnings.add(`requested expiration of ${seconds} seconds shortened to ${longest} seconds`)
  spec['expirationSeconds'] = longest
}

/** What a pod's kubelet asks for is extended, so that programs that do not read their token again go on working. */
function lifetime(
  spec: JsonObject,
  options: Pick<TokenRequestOptions, 'audiences' | 'extendedExpirationSeconds'> & { readonly isPodBound: boolean },
): { readonly expirationSeconds: number; readonly warnAfterSeconds?: number } {
  const seconds = expirationOf(spec)
  const { extendedExpirationSeconds: extended, audiences, isPodBound } = options
  const isForServer = stringsAt(spec, 'audiences').every((audience) => audiences.includes(audience))
  if (extended === undefined || !isPodBound || seconds !== extendableExpiration || !isForServer) {
    return { expirationSeconds: seconds }
  }
  return { expirationSeconds: extended, warnAfterSeconds: seconds }
}

interface BoundObjects {
  readonly pod?: BoundReference
  readonly secret?: BoundReference
  readonly node?: BoundReference
}

async function boundObjects(spec: JsonObject, key: ObjectKey, find: FindBoundObject): Promise<BoundObjects> {
  const ref = objectAt(spec, 'boundObjectRef')
  if (ref === undefined) return {}
  const wanted = { kind: stringAt(ref, 'kind'), name: stringAt(ref, 'name'), uid: stringAt(ref, 'uid') }
  const { group, version } = parseGroupVersion(stringAt(ref, 'apiVersion')) ?? { group: '', version: '' }
  const get = async (resource: BoundResource, name: string): Promise<KubeObject> => {
    const object = await find(resource, { namespace: resource === 'nodes' ? '' : key.namespace, name })
    if (object === undefined) throw notFound({ group: '', resource }, name)
    return object
  }
  switch (group === '' ? wanted.kind : '') {
    case 'Pod': {
      const pod = await get('pods', wanted.name)
      if (stringAt(specOf(pod), 'serviceAccountName') !== key.name) {
        throw badRequest(
          `cannot bind token for serviceaccount ${quote(key.name)} to pod running with different serviceaccount name.`,
        )
      }
      const node = await nodeOf(pod, find)
      checkUid(pod, wanted, 'Pod')
      return { pod: referenceTo(pod), ...(node === undefined ? {} : { node }) }
    }
    case 'Node': {
      const node = await get('nodes', wanted.name)
      checkUid(node, wanted, 'Node')
      return { node: referenceTo(node) }
    }
    case 'Secret': {
      const secret = await get('secrets', wanted.name)
      checkUid(secret, wanted, 'Secret')
      return { secret: referenceTo(secret) }
    }
    default:
      throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${wanted.kind}`)
  }
}

/** Of a node that does not exist the name alone is told. */
async function nodeOf(pod: KubeObject, find: FindBoundObject): Promise<BoundReference | undefined> {
  const name = stringAt(specOf(pod), 'nodeName')
  if (name === '') return undefined
  const node = await find('nodes', { namespace: '', name })
  return node === undefined ? { name } : referenceTo(node)
}

function referenceTo({ metadata }: KubeObject): BoundReference {
  return { name: metadata.name ?? '', uid: metadata.uid ?? '' }
}

function checkUid(
  object: KubeObject,
  wanted: { readonly name: string; readonly uid: string },
  boundKind: string,
): void {
  const actual = object.metadata.uid ?? ''
  if (wanted.uid === '' || wanted.uid === actual) return
  throw conflict(
    { group: '', resource: boundKind },
    wanted.name,
    `the UID in the bound object reference (${wanted.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
  )
}
