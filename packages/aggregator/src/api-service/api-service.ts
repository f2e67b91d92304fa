import { isJsonObject, type JsonObject, type JsonValue, type KubeObject } from '@fairlead/apimachinery'

/** A condition of an APIService, as it stands on the wire. */
export interface ApiServiceCondition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

export interface ServiceReference {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/** An APIService, read once. */
export interface ApiService {
  readonly name: string
  readonly uid: string
  readonly group: string
  readonly version: string
  readonly groupPriorityMinimum: number
  readonly versionPriority: number
  /** Absent: this server serves the group-version itself. */
  readonly service?: ServiceReference
  readonly insecureSkipTlsVerify: boolean
  /** PEM. */
  readonly caBundle?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly conditions: readonly ApiServiceCondition[]
  readonly object: KubeObject
}

/** Reads an APIService that was validated when it was stored. */
export function readApiService(object: KubeObject): ApiService {
  const spec = objectOf(object['spec'])
  const service = spec['service']
  const caBundle = textOf(spec['caBundle'])
  const { name = '', uid = '', labels = {}, annotations = {} } = object.metadata
  return {
    name,
    uid,
    group: textOf(spec['group']),
    version: textOf(spec['version']),
    groupPriorityMinimum: numberOf(spec['groupPriorityMinimum']),
    versionPriority: numberOf(spec['versionPriority']),
    ...(isJsonObject(service) ? { service: readReference(service) } : {}),
    insecureSkipTlsVerify: spec['insecureSkipTLSVerify'] === true,
    ...(caBundle === '' ? {} : { caBundle: Buffer.from(caBundle, 'base64').toString('latin1') }),
    labels,
    annotations,
    conditions: conditionsOf(object),
    object,
  }
}

function readReference(service: JsonObject): ServiceReference {
  return {
    namespace: textOf(service['namespace']),
    name: textOf(service['name']),
    port: typeof service['port'] === 'number' ? service['port'] : 443,
  }
}

function conditionsOf(object: KubeObject): readonly ApiServiceCondition[] {
  const conditions = objectOf(object['status'])['conditions']
  if (!Array.isArray(conditions)) return []
  return conditions.filter(isJsonObject).map((condition) => ({
    type: textOf(condition['type']),
    status: textOf(condition['status']),
    lastTransitionTime: textOf(condition['lastTransitionTime']),
    reason: textOf(condition['reason']),
    message: textOf(condition['message']),
  }))
}

/** Whether the stored condition says that requests may be sent on. */
export function isAvailable({ conditions }: Pick<ApiService, 'conditions'>): boolean {
  return conditions.some(({ type, status }) => type === 'Available' && status === 'True')
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0
}
