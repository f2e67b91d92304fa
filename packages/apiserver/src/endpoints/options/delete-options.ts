import {
  badRequest,
  type FieldError,
  type GroupVersionKind,
  invalidValue,
  type JsonObject,
  notSupported,
  ProtobufSyntaxError,
} from '@fairlead/apimachinery'
import { type KindDescription, TypeMismatchError } from '@fairlead/openapi'
import { bodyFormat } from '../../negotiation/body-format.ts'
import { BodySyntaxError, readBody } from '../../negotiation/read-body.ts'
import type { DeleteRequest } from '../../registry/rest/capabilities.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { queryInt64 } from './query-numbers.ts'
import { invalidOptions, optionalFlag, validateDryRun } from './write-options.ts'

/** meta.k8s.io DeleteOptions: what the storage needs, and whether it is a dry run. */
export interface DeleteOptions {
  readonly request: DeleteRequest
  readonly dryRun: boolean
}

const deleteOptionsKind: GroupVersionKind = { group: '', version: 'v1', kind: 'DeleteOptions' }
const policies: ReadonlySet<unknown> = new Set(['Foreground', 'Background', 'Orphan'])

/**
 * Reads and checks the options of a deletion: from the body, or from the query when there is no body. Throws
 * BadRequest, UnsupportedMediaType, RequestEntityTooLarge or Invalid.
 */
export async function readDeleteOptions(
  context: RequestContext,
  {
    bodyLimit,
    findKind,
  }: { readonly bodyLimit: number; readonly findKind: (gvk: GroupVersionKind) => KindDescription | undefined },
): Promise<DeleteOptions> {
  const { request } = context
  const bytes = await request.body.bytes(bodyLimit)
  const kind = findKind(deleteOptionsKind)
  const options = bytes.length === 0 ? fromQuery(request.query) : fromBody(bytes, request.headers['content-type'], kind)
  if (bytes.length > 0) context.audit?.requestObject({ kind: 'DeleteOptions', apiVersion: 'v1', ...options })
  const errors = validateDeleteOptions(options)
  if (errors.length > 0) throw invalidOptions('DeleteOptions', errors)
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, preconditions, dryRun } = options
  return {
    request: {
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      ...(propagationPolicy !== undefined && { propagationPolicy }),
      ...(orphanDependents !== undefined && { orphanDependents }),
      ...(preconditions !== undefined && { preconditions }),
    },
    dryRun: dryRun !== undefined && dryRun.length > 0,
  }
}

interface DecodedOptions extends DeleteRequest {
  dryRun?: string[]
}

function fromQuery(query: URLSearchParams): DecodedOptions {
  const options: DecodedOptions = {}
  const gracePeriodSeconds = queryInt64(query, 'gracePeriodSeconds')
  if (gracePeriodSeconds !== undefined) options.gracePeriodSeconds = gracePeriodSeconds
  const orphanDependents = optionalFlag(query, 'orphanDependents')
  if (orphanDependents !== undefined) options.orphanDependents = orphanDependents
  const propagationPolicy = query.get('propagationPolicy')
  if (propagationPolicy !== null) options.propagationPolicy = propagationPolicy
  const dryRun = query.getAll('dryRun')
  if (dryRun.length > 0) options.dryRun = dryRun
  const uid = query.get('uid') ?? ''
  const resourceVersion = query.get('resourceVersion') ?? ''
  if (uid !== '' || resourceVersion !== '') {
    options.preconditions = { ...(uid !== '' && { uid }), ...(resourceVersion !== '' && { resourceVersion }) }
  }
  return options
}

function fromBody(
  bytes: Uint8Array,
  contentType: string | undefined,
  kind: KindDescription | undefined,
): DecodedOptions {
  const format = bodyFormat(contentType, true)
  try {
    const body = readBody(bytes, format, { duplicates: false })
    if (kind === undefined || (body.kind !== '' && body.kind !== 'DeleteOptions')) {
      throw badRequest('decoded object cannot be converted to DeleteOptions')
    }
    const object = body.format === 'protobuf' ? (kind.protobuf?.decode(body.raw) ?? {}) : body.object
    return withoutNulls(kind.decode({ ...object, kind: kind.kind, apiVersion: 'v1' }).object)
  } catch (error) {
    const malformed =
      error instanceof BodySyntaxError || error instanceof TypeMismatchError || error instanceof ProtobufSyntaxError
    throw malformed ? badRequest(error.message) : error
  }
}

/** The schema has checked the types; absent and null mean the same. */
function withoutNulls(object: JsonObject): DecodedOptions {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null)) as DecodedOptions
}

function validateDeleteOptions({ orphanDependents, propagationPolicy, dryRun }: DecodedOptions): FieldError[] {
  const errors: FieldError[] = []
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    errors.push(
      invalidValue(
        'propagationPolicy',
        propagationPolicy,
        'orphanDependents and deletionPropagation cannot be both set',
      ),
    )
  }
  if (propagationPolicy !== undefined && !policies.has(propagationPolicy)) {
    errors.push(notSupported('propagationPolicy', propagationPolicy, ['Foreground', 'Background', 'Orphan', 'nil']))
  }
  errors.push(...validateDryRun(dryRun ?? []))
  return errors
}
