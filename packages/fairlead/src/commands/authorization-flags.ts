import type { Option } from 'commander'
import type { AuthorizationSettings } from '../control-plane/authorization-settings.ts'
import { duration, list, option } from './flag-types.ts'

/** The authorization flags of kube-apiserver. Defaults are set later: whether a flag was given matters. */
export function authorizationFlags(): readonly Option[] {
  return [
    option(
      '--authorization-mode <modes>',
      'authorizers in order: AlwaysAllow, AlwaysDeny, ABAC, Webhook, RBAC, Node (default: Node,RBAC of `up`, AlwaysAllow of `apiserver`)',
      list,
    ),
    option('--authorization-policy-file <file>', 'policies of ABAC, one JSON object a line'),
    option('--authorization-config <file>', 'AuthorizationConfiguration, in place of modes and webhook'),
    option('--authorization-webhook-config-file <file>', 'kubeconfig of the server that mode Webhook asks'),
    option(
      '--authorization-webhook-version <version>',
      'version of the SubjectAccessReview that it is asked with: v1, v1beta1 (default: v1beta1)',
    ),
    option(
      '--authorization-webhook-cache-authorized-ttl <duration>',
      'how long an allowing answer is remembered (default: 5m0s)',
      duration,
    ),
    option(
      '--authorization-webhook-cache-unauthorized-ttl <duration>',
      'how long any other answer is remembered (default: 30s)',
      duration,
    ),
  ]
}

/** What commander makes of the flags above. */
export interface AuthorizationFlags {
  readonly authorizationMode?: readonly string[]
  readonly authorizationPolicyFile?: string
  readonly authorizationConfig?: string
  readonly authorizationWebhookConfigFile?: string
  readonly authorizationWebhookVersion?: string
  readonly authorizationWebhookCacheAuthorizedTtl?: number
  readonly authorizationWebhookCacheUnauthorizedTtl?: number
}

/** The settings that the flags mean. */
export function authorizationSettings(
  flags: AuthorizationFlags,
  defaults: AuthorizationSettings,
): AuthorizationSettings {
  const {
    authorizationMode: modes,
    authorizationPolicyFile: policyFile,
    authorizationConfig: configFile,
    authorizationWebhookConfigFile: webhookFile,
    authorizationWebhookVersion: version,
    authorizationWebhookCacheAuthorizedTtl: authorizedTtl,
    authorizationWebhookCacheUnauthorizedTtl: unauthorizedTtl,
  } = flags
  return {
    modes: modes ?? defaults.modes,
    modesGiven: [modes, webhookFile, version, authorizedTtl, unauthorizedTtl].some((flag) => flag !== undefined),
    ...(policyFile === undefined ? {} : { policyFile }),
    ...(configFile === undefined ? {} : { configFile }),
    webhook: {
      ...(webhookFile === undefined ? {} : { configFile: webhookFile }),
      version: version ?? 'v1beta1',
      authorizedTtl: authorizedTtl ?? 300_000,
      unauthorizedTtl: unauthorizedTtl ?? 30_000,
    },
  }
}
