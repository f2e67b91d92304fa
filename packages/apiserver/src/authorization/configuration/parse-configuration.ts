import { parseDuration, parseYaml, quote } from '@fairlead/apimachinery'
import { Fields } from '../../configuration/fields.ts'
import type {
  AuthorizationConfiguration,
  AuthorizerConfiguration,
  WebhookConfiguration,
} from './authorization-configuration.ts'

const versions = ['v1', 'v1beta1', 'v1alpha1'].map((version) => `apiserver.config.k8s.io/${version}`)
const minute = 60_000

/** Reads an AuthorizationConfiguration, YAML or JSON. Throws for whatever is not as it should be, unknown fields included. */
export function parseAuthorizationConfiguration(text: string): AuthorizationConfiguration {
  const { value, duplicates } = parseYaml(text)
  const root = new Fields(value, '', [...duplicates])
  const [kind, apiVersion] = [root.text('kind'), root.text('apiVersion')]
  if (kind !== 'AuthorizationConfiguration' || !versions.includes(apiVersion)) {
    throw new Error(
      `no kind ${quote(kind)} is registered for version ${quote(apiVersion)}; expected AuthorizationConfiguration of ${versions.join(', ')}`,
    )
  }
  const configuration = { authorizers: root.list('authorizers').map(readAuthorizer) }
  root.end()
  if (root.problems.length > 0) throw new Error(`strict decoding error: ${root.problems.join(', ')}`)
  return configuration
}

function readAuthorizer(entry: Fields): AuthorizerConfiguration {
  const webhook = entry.optional('webhook')
  const read = {
    type: entry.text('type'),
    name: entry.text('name'),
    ...(webhook === undefined ? {} : { webhook: readWebhook(webhook) }),
  }
  entry.end()
  return read
}

function readWebhook(webhook: Fields): WebhookConfiguration {
  const connection = webhook.object('connectionInfo')
  const read = {
    timeout: readDuration(webhook, 'timeout'),
    authorizedTtl: readDuration(webhook, 'authorizedTTL') ?? 5 * minute,
    cacheAuthorizedRequests: !webhook.has('cacheAuthorizedRequests') || webhook.flag('cacheAuthorizedRequests'),
    unauthorizedTtl: readDuration(webhook, 'unauthorizedTTL') ?? minute / 2,
    cacheUnauthorizedRequests: !webhook.has('cacheUnauthorizedRequests') || webhook.flag('cacheUnauthorizedRequests'),
    subjectAccessReviewVersion: webhook.text('subjectAccessReviewVersion'),
    matchConditionSubjectAccessReviewVersion: webhook.text('matchConditionSubjectAccessReviewVersion'),
    failurePolicy: webhook.text('failurePolicy'),
    connectionType: connection.text('type'),
    kubeConfigFile: connection.text('kubeConfigFile'),
    matchConditions: webhook.list('matchConditions').map(readCondition),
  }
  connection.end()
  webhook.end()
  return read
}

function readCondition(condition: Fields): string {
  const expression = condition.text('expression')
  condition.end()
  return expression
}

/** Undefined for none, and for 0, which is as good as none. */
function readDuration(fields: Fields, name: string): number | undefined {
  const text = fields.text(name)
  return text === '' ? undefined : parseDuration(text) || undefined
}
