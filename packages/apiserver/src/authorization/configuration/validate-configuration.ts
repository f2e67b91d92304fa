import {
  duplicate,
  type FieldError,
  type FieldPath,
  fieldPath,
  formatDuration,
  invalidValue,
  isDns1123Subdomain,
  notSupported,
  required,
  tooMany,
} from '@fairlead/apimachinery'
import {
  type AuthorizationConfiguration,
  type AuthorizerConfiguration,
  authorizerTypes,
  type WebhookConfiguration,
} from './authorization-configuration.ts'

const noExpressions = 'CEL expressions are not supported by this server'
const longestTimeout = 30_000
const maxConditions = 64

/** What is wrong with a configuration. Whether files are there is not looked at. */
export function validateAuthorizationConfiguration({ authorizers }: AuthorizationConfiguration): readonly FieldError[] {
  const path = fieldPath('authorizers')
  if (authorizers.length === 0) return [required(path, 'at least one authorization mode must be defined')]
  return authorizers.flatMap((authorizer, index) =>
    validateAuthorizer(authorizer, path.index(index), authorizers.slice(0, index)),
  )
}

function validateAuthorizer(
  { type, name, webhook }: AuthorizerConfiguration,
  path: FieldPath,
  before: readonly AuthorizerConfiguration[],
): readonly FieldError[] {
  if (type === '') return [required(path.child('type'), '')]
  if (!authorizerTypes.includes(type)) return [notSupported(path.child('type'), type, authorizerTypes)]
  if (type !== 'Webhook' && before.some((other) => other.type === type)) return [duplicate(path.child('type'), type)]
  const errors = [...validateName(name, path.child('name'), before)]
  if (type !== 'Webhook') {
    if (webhook === undefined) return errors
    return [...errors, invalidValue(path.child('webhook'), 'non-null', 'may only be specified when type=Webhook')]
  }
  if (webhook === undefined) return [...errors, required(path.child('webhook'), 'required when type=Webhook')]
  return [...errors, ...validateWebhook(webhook, path)]
}

function validateName(
  name: string,
  path: FieldPath,
  before: readonly AuthorizerConfiguration[],
): readonly FieldError[] {
  if (name === '') return [required(path, '')]
  if (before.some((other) => other.name === name)) return [duplicate(path, name)]
  const problems = isDns1123Subdomain(name)
  if (problems.length === 0) return []
  return [invalidValue(path, name, `authorizer name is invalid: ${problems.join(', ')}`)]
}

/** Errors stand at the authorizer, as upstream has them. */
function validateWebhook(webhook: WebhookConfiguration, path: FieldPath): readonly FieldError[] {
  const { timeout, subjectAccessReviewVersion: version, failurePolicy } = webhook
  const at = (name: string) => path.child(name)
  return [
    ...(timeout === undefined ? [required(at('timeout'), '')] : []),
    ...(timeout !== undefined && (timeout > longestTimeout || timeout < 0)
      ? [invalidValue(at('timeout'), formatDuration(timeout), 'must be > 0s and <= 30s')]
      : []),
    ...positive(webhook.authorizedTtl, at('authorizedTTL')),
    ...positive(webhook.unauthorizedTtl, at('unauthorizedTTL')),
    ...oneOf(version, at('subjectAccessReviewVersion'), ['v1', 'v1beta1']),
    ...validateConditionVersion(webhook, at('matchConditionSubjectAccessReviewVersion')),
    ...oneOf(failurePolicy, at('failurePolicy'), ['NoOpinion', 'Deny']),
    ...validateConnection(webhook, at('connectionInfo')),
    ...validateConditions(webhook.matchConditions, at('matchConditions')),
  ]
}

function positive(duration: number, path: FieldPath): readonly FieldError[] {
  return duration < 0 ? [invalidValue(path, formatDuration(duration), 'must be > 0s')] : []
}

function oneOf(value: string, path: FieldPath, supported: readonly string[]): readonly FieldError[] {
  if (value === '') return [required(path, '')]
  return supported.includes(value) ? [] : [notSupported(path, value, supported)]
}

function validateConditionVersion(webhook: WebhookConfiguration, path: FieldPath): readonly FieldError[] {
  const { matchConditionSubjectAccessReviewVersion: version, matchConditions } = webhook
  if (version !== '') return oneOf(version, path, ['v1'])
  return matchConditions.length > 0 ? [required(path, 'required if match conditions are specified')] : []
}

function validateConnection(
  { connectionType, kubeConfigFile }: WebhookConfiguration,
  path: FieldPath,
): readonly FieldError[] {
  if (connectionType !== 'KubeConfigFile') return oneOf(connectionType, path.child('type'), ['KubeConfigFile'])
  if (kubeConfigFile === '') return [required(path.child('kubeConfigFile'), '')]
  if (kubeConfigFile.startsWith('/')) return []
  return [invalidValue(path.child('kubeConfigFile'), kubeConfigFile, 'must be an absolute path')]
}

function validateConditions(expressions: readonly string[], path: FieldPath): readonly FieldError[] {
  if (expressions.length > maxConditions) return [tooMany(path, expressions.length, maxConditions)]
  return expressions.flatMap((expression, index) => {
    const at = path.index(index).child('expression')
    if (expression.trim() === '') return [required(at, '')]
    if (expressions.indexOf(expression) < index) return [duplicate(at, expression)]
    return [invalidValue(at, expression, noExpressions)]
  })
}
