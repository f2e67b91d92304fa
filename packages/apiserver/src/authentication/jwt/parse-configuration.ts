import { parseYaml, quote } from '@fairlead/apimachinery'
import { Fields } from '../../configuration/fields.ts'
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
