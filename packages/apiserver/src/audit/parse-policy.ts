import {
  aggregateFieldErrors,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseYaml,
  quote,
  YamlSyntaxError,
} from '@fairlead/apimachinery'
import type { AuditLevel, AuditStage } from './levels.ts'
import type { AuditPolicy } from './policy.ts'
import { type UncheckedPolicy, type UncheckedRule, validatePolicy } from './validate-policy.ts'

/** A policy that cannot be used. The message is upstream's where upstream's does not name Go types. */
export class AuditPolicyError extends Error {
  static {
    this.prototype.name = 'AuditPolicyError'
  }
}

/**
 * Reads a policy, YAML or JSON. Unknown and repeated fields are passed over, as they always were, but told to `warn`.
 * Throws AuditPolicyError.
 */
export function parseAuditPolicy(text: string, warn: (message: string) => void = () => {}): AuditPolicy {
  const { value, duplicates } = parse(text)
  const reader = new Reader()
  const object = reader.object(value, '')
  checkKind(object)
  const policy = readPolicy(reader, object)
  const problems = [...duplicates, ...reader.unknown.map((path) => `unknown field ${quote(path)}`)]
  if (problems.length > 0) {
    warn(
      `Audit policy contains errors, falling back to lenient decoding: strict decoding error: ${problems.join(', ')}`,
    )
  }
  const errors = validatePolicy(policy)
  if (errors.length > 0) throw new AuditPolicyError(aggregateFieldErrors(errors))
  if (policy.rules.length === 0) throw new AuditPolicyError('loaded illegal policy with 0 rules')
  return policy as AuditPolicy & { readonly rules: readonly { level: AuditLevel; omitStages: readonly AuditStage[] }[] }
}

function parse(text: string): { readonly value: JsonValue; readonly duplicates: readonly string[] } {
  try {
    return parseYaml(text)
  } catch (error) {
    if (error instanceof YamlSyntaxError) {
      throw new AuditPolicyError(`failed decoding: couldn't get version/kind; json parse error: ${error.message}`)
    }
    throw error
  }
}

function checkKind(object: JsonObject): void {
  const { kind, apiVersion } = object
  if (typeof kind !== 'string' || kind === '') {
    throw new AuditPolicyError("failed decoding: Object 'Kind' is missing in the policy")
  }
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    throw new AuditPolicyError("failed decoding: Object 'apiVersion' is missing in the policy")
  }
  if (kind !== 'Policy' || apiVersion !== 'audit.k8s.io/v1') {
    throw new AuditPolicyError(
      `failed decoding: no kind ${quote(kind)} is registered for version ${quote(apiVersion)}; expected Policy of audit.k8s.io/v1`,
    )
  }
}

function readPolicy(reader: Reader, object: JsonObject): UncheckedPolicy & Pick<AuditPolicy, 'omitManagedFields'> {
  reader.known(object, '', ['kind', 'apiVersion', 'metadata', 'rules', 'omitStages', 'omitManagedFields'])
  return {
    rules: reader.list(object['rules'], 'rules', (rule, path) => readRule(reader, reader.object(rule, path), path)),
    omitStages: reader.texts(object['omitStages'], 'omitStages'),
    omitManagedFields: reader.flag(object['omitManagedFields'], 'omitManagedFields') ?? false,
  }
}

function readRule(reader: Reader, rule: JsonObject, path: string): UncheckedRule {
  const texts = (name: string): readonly string[] => reader.texts(rule[name], `${path}.${name}`)
  const lists = ['users', 'userGroups', 'verbs', 'namespaces', 'nonResourceURLs', 'omitStages']
  reader.known(rule, path, ['level', 'resources', 'omitManagedFields', ...lists])
  const omitManagedFields = reader.flag(rule['omitManagedFields'], `${path}.omitManagedFields`)
  const read = {
    level: reader.text(rule['level'], `${path}.level`),
    users: texts('users'),
    userGroups: texts('userGroups'),
    verbs: texts('verbs'),
    resources: reader.list(rule['resources'], `${path}.resources`, (entry, at) => {
      const resources = reader.object(entry, at)
      reader.known(resources, at, ['group', 'resources', 'resourceNames'])
      return {
        group: reader.text(resources['group'], `${at}.group`),
        resources: reader.texts(resources['resources'], `${at}.resources`),
        resourceNames: reader.texts(resources['resourceNames'], `${at}.resourceNames`),
      }
    }),
    namespaces: texts('namespaces'),
    nonResourceURLs: texts('nonResourceURLs'),
    omitStages: texts('omitStages'),
  }
  return omitManagedFields === undefined ? read : { ...read, omitManagedFields }
}

/** Takes values apart by type. Absent and null are as good as empty. */
class Reader {
  readonly unknown: string[] = []

  object(value: JsonValue | undefined, path: string): JsonObject {
    if (value === null || value === undefined) return {}
    return isJsonObject(value) ? value : this.#mismatch('an object', path)
  }

  list<Item>(
    value: JsonValue | undefined,
    path: string,
    read: (item: JsonValue, path: string) => Item,
  ): readonly Item[] {
    if (value === null || value === undefined) return []
    if (!Array.isArray(value)) return this.#mismatch('a list', path)
    return value.map((item, index) => read(item, `${path}[${index}]`))
  }

  texts(value: JsonValue | undefined, path: string): readonly string[] {
    return this.list(value, path, (item, at) => this.text(item, at))
  }

  text(value: JsonValue | undefined, path: string): string {
    if (value === null || value === undefined) return ''
    return typeof value === 'string' ? value : this.#mismatch('a string', path)
  }

  flag(value: JsonValue | undefined, path: string): boolean | undefined {
    if (value === null || value === undefined) return undefined
    return typeof value === 'boolean' ? value : this.#mismatch('true or false', path)
  }

  known(object: JsonObject, path: string, names: readonly string[]): void {
    const prefix = path === '' ? '' : `${path}.`
    this.unknown.push(...Object.keys(object).flatMap((name) => (names.includes(name) ? [] : [`${prefix}${name}`])))
  }

  #mismatch(expected: string, path: string): never {
    throw new AuditPolicyError(`failed decoding: ${path === '' ? 'the policy' : path} must be ${expected}`)
  }
}
