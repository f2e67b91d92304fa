import { isJsonObject, type JsonObject, type JsonValue, parseYaml, quote } from '@fairlead/apimachinery'
import type {
  AuthenticationConfiguration,
  ClaimValidationRule,
  JwtIssuer,
  PrefixedClaim,
} from './authentication-configuration.ts'

const versions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)

/** Reads an AuthenticationConfiguration, YAML or JSON. Throws for whatever is not as it should be, unknown fields included. */
export function parseAuthenticationConfiguration(text: string): AuthenticationConfiguration {
  if (text.trim() === '') throw new Error('empty config data')
  const { value, duplicates } = parseYaml(text)
  const root = new Fields(value, '', [...duplicates])
  const [kind, apiVersion] = [root.text('kind'), root.text('apiVersion')]
  if (kind !== 'AuthenticationConfiguration' || !versions.includes(apiVersion)) {
    throw new Error(
      `no kind ${quote(kind)} is registered for version ${quote(apiVersion)}; expected AuthenticationConfiguration of ${versions.join(', ')}`,
    )
  }
  const anonymous = root.optional('anonymous')
  const configuration = {
    jwt: root.list('jwt').map(readIssuer),
    ...(anonymous === undefined
      ? {}
      : { anonymous: { enabled: anonymous.flag('enabled'), paths: anonymous.list('conditions').map(readPath) } }),
  }
  anonymous?.end()
  root.end()
  if (root.problems.length > 0) throw new Error(`strict decoding error: ${root.problems.join(', ')}`)
  return configuration
}

function readPath(condition: Fields): string {
  const path = condition.text('path')
  condition.end()
  return path
}

function readIssuer(entry: Fields): JwtIssuer {
  const issuer = entry.object('issuer')
  const mappings = entry.object('claimMappings')
  const uid = mappings.object('uid')
  const read = {
    issuer: {
      url: issuer.text('url'),
      discoveryUrl: issuer.text('discoveryURL'),
      certificateAuthority: issuer.text('certificateAuthority'),
      audiences: issuer.texts('audiences'),
      audienceMatchPolicy: issuer.text('audienceMatchPolicy'),
      egressSelectorType: issuer.text('egressSelectorType'),
    },
    claimValidationRules: entry.list('claimValidationRules').map(readRule),
    claimMappings: {
      username: readClaim(mappings.object('username')),
      groups: readClaim(mappings.object('groups')),
      uid: { claim: uid.text('claim'), expression: uid.text('expression') },
      extra: mappings.list('extra').map((extra) => {
        const mapping = { key: extra.text('key'), valueExpression: extra.text('valueExpression') }
        extra.end()
        return mapping
      }),
    },
    userValidationRules: entry.list('userValidationRules').map((rule) => {
      const validation = { expression: rule.text('expression'), message: rule.text('message') }
      rule.end()
      return validation
    }),
  }
  for (const fields of [issuer, uid, mappings, entry]) fields.end()
  return read
}

function readRule(rule: Fields): ClaimValidationRule {
  const read = {
    claim: rule.text('claim'),
    requiredValue: rule.text('requiredValue'),
    expression: rule.text('expression'),
    message: rule.text('message'),
  }
  rule.end()
  return read
}

function readClaim(mapping: Fields): PrefixedClaim {
  const prefix = mapping.has('prefix') ? { prefix: mapping.text('prefix') } : {}
  const read = { claim: mapping.text('claim'), ...prefix, expression: mapping.text('expression') }
  mapping.end()
  return read
}

/** The fields of one object. What has not been asked for when it ends is unknown. */
class Fields {
  readonly problems: string[]
  readonly #object: JsonObject
  readonly #path: string
  readonly #known = new Set<string>()

  constructor(value: JsonValue | undefined, path: string, problems: string[]) {
    this.problems = problems
    this.#path = path
    this.#object = isJsonObject(value) ? value : {}
    if (value !== undefined && value !== null && !isJsonObject(value)) this.#mismatch('', 'an object')
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined
  }

  text(name: string): string {
    const value = this.#get(name)
    if (value === undefined) return ''
    return typeof value === 'string' ? value : this.#mismatch(name, 'a string')
  }

  flag(name: string): boolean {
    const value = this.#get(name)
    if (value === undefined) return false
    return typeof value === 'boolean' ? value : this.#mismatch(name, 'true or false')
  }

  texts(name: string): readonly string[] {
    return this.#items(name).map((item) =>
      typeof item === 'string' ? item : this.#mismatch(name, 'a list of strings'),
    )
  }

  object(name: string): Fields {
    return new Fields(this.#get(name), this.#at(name), this.problems)
  }

  optional(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined
  }

  list(name: string): readonly Fields[] {
    return this.#items(name).map((item, index) => new Fields(item, `${this.#at(name)}[${index}]`, this.problems))
  }

  end(): void {
    for (const name of Object.keys(this.#object)) {
      if (!this.#known.has(name)) this.problems.push(`unknown field ${quote(this.#at(name))}`)
    }
  }

  #items(name: string): readonly JsonValue[] {
    const value = this.#get(name)
    if (value === undefined) return []
    return Array.isArray(value) ? value : this.#mismatch(name, 'a list')
  }

  /** Null is as good as absent. */
  #get(name: string): JsonValue | undefined {
    this.#known.add(name)
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined
    return value === null ? undefined : value
  }

  #at(name: string): string {
    return this.#path === '' ? name : name === '' ? this.#path : `${this.#path}.${name}`
  }

  #mismatch(name: string, expected: string): never {
    throw new Error(`${this.#at(name) || 'the configuration'} must be ${expected}`)
  }
}
