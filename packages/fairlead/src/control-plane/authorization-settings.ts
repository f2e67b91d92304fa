import { authorizerTypes } from '@fairlead/apiserver'
import { quote } from '@fairlead/apimachinery'

/** Which authorizers decide, under the names of kube-apiserver's flags. */
export interface AuthorizationSettings {
  /** In the order in which they are asked. */
  readonly modes: readonly string[]
  /** For ABAC. */
  readonly policyFile?: string
  readonly webhook?: AuthorizationWebhookSettings
  /** An AuthorizationConfiguration, which stands in place of all the others. */
  readonly configFile?: string
  /** Whether modes or the webhook were said rather than assumed; then there may be no configuration file. */
  readonly modesGiven?: boolean
}

/** Durations in milliseconds; 0 remembers nothing. */
export interface AuthorizationWebhookSettings {
  readonly configFile?: string
  readonly version: string
  readonly authorizedTtl: number
  readonly unauthorizedTtl: number
}

/** Nodes by what their pods need, everybody else by roles. */
export const defaultAuthorizationSettings: AuthorizationSettings = { modes: ['Node', 'RBAC'] }

/** What is wrong with the settings, as kube-apiserver says it. */
export function authorizationProblems(settings: AuthorizationSettings): readonly string[] {
  const { modes, policyFile, webhook, configFile, modesGiven = false } = settings
  if (configFile !== undefined) {
    if (!modesGiven) return []
    return [
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined',
    ]
  }
  const webhookFile = webhook?.configFile
  const listed = modes.map(quote).join(' ')
  return [
    ...(modes.length === 0 ? ['at least one authorization-mode must be passed'] : []),
    ...modes.flatMap((mode) => [
      ...(authorizerTypes.includes(mode) ? [] : [`authorization-mode ${quote(mode)} is not a valid mode`]),
      ...(mode === 'ABAC' && policyFile === undefined
        ? ["authorization-mode ABAC's authorization policy file not passed"]
        : []),
      ...(mode === 'Webhook' && webhookFile === undefined
        ? ["authorization-mode Webhook's authorization config file not passed"]
        : []),
    ]),
    ...(policyFile !== undefined && !modes.includes('ABAC')
      ? ['cannot specify --authorization-policy-file without mode ABAC']
      : []),
    ...(webhookFile !== undefined && !modes.includes('Webhook')
      ? ['cannot specify --authorization-webhook-config-file without mode Webhook']
      : []),
    ...(new Set(modes).size < modes.length ? [`authorization-mode [${listed}] has mode specified more than once`] : []),
  ]
}
