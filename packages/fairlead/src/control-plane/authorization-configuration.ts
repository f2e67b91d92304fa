import { readFile } from 'node:fs/promises'
import { aggregateFieldErrors } from '@fairlead/apimachinery'
import {
  type AuthorizationConfiguration,
  type AuthorizerConfiguration,
  authorizerName,
  parseAuthorizationConfiguration,
  validateAuthorizationConfiguration,
} from '@fairlead/apiserver'
import { authorizationProblems, type AuthorizationSettings } from './authorization-settings.ts'

const webhookTimeout = 30_000

/** The authorizers that the file or the flags ask for. Throws what is wrong with either. */
export async function authorizationConfiguration(settings: AuthorizationSettings): Promise<AuthorizationConfiguration> {
  refuse(authorizationProblems(settings))
  const { configFile, modes } = settings
  if (configFile !== undefined) return readConfiguration(configFile)
  return { authorizers: modes.map((mode) => authorizerOfMode(mode, settings)) }
}

async function readConfiguration(path: string): Promise<AuthorizationConfiguration> {
  const configuration = await load(path)
  const errors = validateAuthorizationConfiguration(configuration)
  if (errors.length > 0) throw new Error(aggregateFieldErrors(errors))
  refuse(
    configuration.authorizers
      .filter(({ type, name }) => type !== 'Webhook' && name !== authorizerName(type))
      .map(({ type, name }) => `expected name ${authorizerName(type)} for authorizer ${type} instead of ${name}`),
  )
  return configuration
}

async function load(path: string): Promise<AuthorizationConfiguration> {
  try {
    return parseAuthorizationConfiguration(await readFile(path, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`failed to load AuthorizationConfiguration from file: ${reason}`, { cause })
  }
}

function authorizerOfMode(mode: string, { webhook }: AuthorizationSettings): AuthorizerConfiguration {
  if (mode !== 'Webhook' || webhook?.configFile === undefined) return { type: mode, name: authorizerName(mode) }
  return {
    type: mode,
    name: 'default',
    webhook: {
      timeout: webhookTimeout,
      authorizedTtl: webhook.authorizedTtl,
      cacheAuthorizedRequests: webhook.authorizedTtl !== 0,
      unauthorizedTtl: webhook.unauthorizedTtl,
      cacheUnauthorizedRequests: webhook.unauthorizedTtl !== 0,
      subjectAccessReviewVersion: webhook.version,
      matchConditionSubjectAccessReviewVersion: '',
      failurePolicy: 'NoOpinion',
      connectionType: 'KubeConfigFile',
      kubeConfigFile: webhook.configFile,
      matchConditions: [],
    },
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`)
}
