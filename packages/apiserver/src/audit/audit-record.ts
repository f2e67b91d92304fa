import {
  type Clock,
  encodeJson,
  formatDuration,
  type JsonObject,
  JsonSyntaxError,
  parseJson,
  parseYaml,
  YamlSyntaxError,
} from '@fairlead/apimachinery'
import type { UserInfo } from '../authentication/user-info.ts'
import { requestAttributes } from '../authorization/request-attributes.ts'
import type { RequestContext } from '../request/request-context.ts'
import { requestUri } from '../request/request-target.ts'
import type { AuditMetrics } from './audit-metrics.ts'
import type { AuditedAttributes, AuditDecision } from './evaluate-policy.ts'
import type { AuditedObject, AuditedRequest, AuditedStatus, AuditEvent } from './event.ts'
import { type AuditLevel, type AuditStage, recordsAtLeast } from './levels.ts'
import { sourceIps } from './source-ips.ts'
import { withoutManagedFields } from './without-managed-fields.ts'

/** What records work with; one for a server. */
export interface AuditTrail {
  readonly clock: Clock
  readonly decide: (attributes: AuditedAttributes) => AuditDecision
  readonly process: (events: readonly AuditEvent[]) => Promise<boolean> | boolean
  readonly metrics: AuditMetrics
}

const userAgentLimit = 1024
/** Milliseconds beyond which a request's time is annotated. */
const slowRequest = 500

/**
 * What is known of one request, as filters and handlers find it out. Annotations may be added before the policy has
 * decided; everything else is passed over until then, and for good when the policy says None.
 */
export class AuditRecord {
  readonly #trail: AuditTrail
  readonly #annotations = new Map<string, string>()
  #decision: AuditDecision | undefined
  #request: AuditedRequest | undefined
  #object: AuditedObject | undefined
  #impersonatedUser: UserInfo | undefined
  #impersonationConstraint = ''
  #status: AuditedStatus | undefined
  #requestObject: string | undefined
  #responseObject: string | undefined

  constructor(trail: AuditTrail) {
    this.#trail = trail
  }

  /** Has the policy decide about a request of `user`, or of nobody. False when nothing of it is recorded. */
  begin(context: RequestContext, user: UserInfo | undefined): boolean {
    const { info, request } = context
    const { user: _user, ...attributes } = requestAttributes(context)
    this.#decision = this.#trail.decide(user === undefined ? attributes : { ...attributes, user })
    const { level } = this.#decision
    this.#trail.metrics.level(level)
    if (level === 'None') return false
    const userAgent = request.headers['user-agent'] ?? ''
    this.#request = {
      level,
      auditId: context.auditId,
      requestUri: requestUri(request),
      verb: info.verb,
      user,
      sourceIps: sourceIps(request),
      userAgent: userAgent.length > userAgentLimit ? `${userAgent.slice(0, userAgentLimit)}...TRUNCATED` : userAgent,
      receivedAt: context.receivedAt,
    }
    if (info.isResourceRequest) {
      const { resource, namespace, name, group, version, subresource } = info
      this.#object = { resource, namespace, name, uid: '', group, version, resourceVersion: '', subresource }
    }
    return true
  }

  /** Notes something under a key. A key keeps its first value. */
  annotate(key: string, value: string): void {
    if (this.#decision?.level !== 'None' && !this.#annotations.has(key)) this.#annotations.set(key, value)
  }

  impersonated(user: UserInfo, constraint = ''): void {
    this.#impersonatedUser = user
    this.#impersonationConstraint = constraint
  }

  /** The object that came with the request, as it was decoded: its name completes the reference. */
  requestObject(object: JsonObject): void {
    if (!this.#records('Metadata')) return
    if (this.#object !== undefined) this.#object = completed(this.#object, object)
    if (this.#records('Request')) this.#requestObject = this.#encode(object)
  }

  /** The patch that came with the request. */
  requestPatch(patch: Uint8Array): void {
    if (this.#records('Request')) this.#requestObject = patchJson(patch)
  }

  /** The answer is a Status. */
  respondedStatus(status: AuditedStatus & JsonObject): void {
    if (!this.#records('Metadata')) return
    this.#status = status
    this.responded(() => status)
  }

  /** The answer is an object, in the form that the client sees: an object, or JSON text. Asked for only when it is recorded. */
  responded(object: () => JsonObject | string): void {
    if (!this.#records('RequestResponse')) return
    const shown = object()
    if (typeof shown !== 'string') this.#responseObject = this.#encode(shown)
    else if (this.#decision?.omitManagedFields !== true) this.#responseObject = shown.trimEnd()
    else this.#responseObject = this.#encode(parseJson(shown) as JsonObject)
  }

  respondedCode(code: number): void {
    this.#status = { ...this.#status, code }
  }

  /** Something was thrown that nobody expected. */
  panicked(error: unknown): void {
    const message = `APIServer panic'd: ${error instanceof Error ? error.message : String(error)}`
    this.#status = { status: 'Failure', message, reason: 'InternalError', code: 500 }
  }

  /** Makes the event of a stage, unless the policy leaves it out. The answer is the backend's. */
  reached(stage: AuditStage): Promise<boolean> | boolean {
    const [request, decision] = [this.#request, this.#decision]
    if (request === undefined || decision === undefined) return true
    const { clock, metrics } = this.#trail
    const now = clock.now()
    if (stage === 'ResponseComplete' && now - request.receivedAt > slowRequest) {
      this.annotate('apiserver.latency.k8s.io/total', formatDuration(now - request.receivedAt))
    }
    if (decision.omitStages.has(stage)) return true
    metrics.event()
    const event: AuditEvent = {
      request,
      stage,
      at: stage === 'RequestReceived' ? request.receivedAt : now,
      object: this.#object,
      impersonatedUser: this.#impersonatedUser,
      impersonationConstraint: this.#impersonationConstraint,
      status: this.#status,
      requestObject: this.#requestObject,
      responseObject: this.#responseObject,
      annotations: new Map(this.#annotations),
    }
    return this.#trail.process([event])
  }

  /** The request was refused because the event of its arrival could not be kept. */
  rejected(): void {
    this.#trail.metrics.rejected()
  }

  #records(level: AuditLevel): boolean {
    return this.#request !== undefined && recordsAtLeast(this.#request.level, level)
  }

  #encode(object: JsonObject): string {
    return encodeJson(this.#decision?.omitManagedFields === true ? withoutManagedFields(object) : object)
  }
}

function completed(reference: AuditedObject, { metadata }: JsonObject): AuditedObject {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return reference
  const text = (own: string, value: unknown): string => (own === '' && typeof value === 'string' ? value : own)
  return {
    ...reference,
    namespace: text(reference.namespace, metadata['namespace']),
    name: text(reference.name, metadata['name']),
    uid: text(reference.uid, metadata['uid']),
    resourceVersion: text(reference.resourceVersion, metadata['resourceVersion']),
  }
}

/** Reading YAML is slow, and what is no JSON may be anything. */
const yamlLimit = 64 * 1024

/** Patches are JSON, or YAML of server-side apply. What is neither stands as a string, so that the event stays JSON. */
function patchJson(patch: Uint8Array): string {
  try {
    return encodeJson(parseJson(patch))
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
  }
  const text = new TextDecoder().decode(patch)
  if (patch.length > yamlLimit) return encodeJson(text)
  try {
    return encodeJson(parseYaml(text).value)
  } catch (error) {
    if (error instanceof YamlSyntaxError) return encodeJson(text)
    throw error
  }
}
