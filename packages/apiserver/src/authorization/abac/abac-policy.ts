import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { authenticatedGroup } from '../../authentication/well-known-users.ts'
import { at, stringAt } from '../../values/read.ts'

/** One line of a policy file: who may do what. Empty fields match empty values only. */
export interface AbacPolicy {
  readonly user: string
  readonly group: string
  readonly readonly: boolean
  readonly apiGroup: string
  readonly resource: string
  readonly namespace: string
  readonly nonResourcePath: string
}

const versioned = 'abac.authorization.kubernetes.io/v1beta1'

/**
 * Reads a policy file: one JSON object a line; empty lines and those that begin with `#` are skipped. Lines without a
 * version follow the rules of the first release. Throws with the number of a line that cannot be read.
 */
export function parseAbacPolicies(text: string, path: string): readonly AbacPolicy[] {
  return text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    try {
      return [parsePolicy(JSON.parse(trimmed) as JsonValue)]
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`error reading policy file ${path}, line ${index + 1}: ${line}: ${reason}`, { cause })
    }
  })
}

function parsePolicy(value: JsonValue): AbacPolicy {
  if (!isJsonObject(value)) throw new Error('expected an object')
  const apiVersion = stringAt(value, 'apiVersion')
  const kind = stringAt(value, 'kind')
  if (apiVersion === '' || kind === '') return unversioned(fieldsOf(value))
  if (apiVersion !== versioned || kind !== 'Policy') throw new Error(`no kind ${kind} in version ${apiVersion}`)
  return forAuthenticated(fieldsOf(at(value, 'spec') ?? {}))
}

function fieldsOf(value: JsonValue): AbacPolicy {
  if (!isJsonObject(value)) throw new Error('spec must be an object')
  const readonly = value['readonly'] ?? false
  if (typeof readonly !== 'boolean') throw new Error('readonly must be true or false')
  return {
    user: text(value, 'user'),
    group: text(value, 'group'),
    readonly,
    apiGroup: text(value, 'apiGroup'),
    resource: text(value, 'resource'),
    namespace: text(value, 'namespace'),
    nonResourcePath: text(value, 'nonResourcePath'),
  }
}

function text(value: JsonObject, name: string): string {
  const found = value[name] ?? ''
  if (typeof found !== 'string') throw new Error(`${name} must be a string`)
  return found
}

/** Everybody means everybody who is known. */
function forAuthenticated(policy: AbacPolicy): AbacPolicy {
  return policy.user === '*' || policy.group === '*' ? { ...policy, user: '', group: authenticatedGroup } : policy
}

/** What is left out matches everything, in every group. */
function unversioned(policy: AbacPolicy): AbacPolicy {
  const { user, group, namespace, resource } = policy
  return forAuthenticated({
    ...policy,
    group: user === '' && group === '' ? '*' : group,
    namespace: namespace || '*',
    resource: resource || '*',
    apiGroup: '*',
    nonResourcePath: namespace === '' && resource === '' ? '*' : '',
  })
}
