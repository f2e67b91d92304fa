import type { Option } from 'commander'
import type { AuthorizationSettings } from '../control-plane/authorization-settings.ts'
import { list, option } from './flag-types.ts'

/** The authorization flags of kube-apiserver. */
export function authorizationFlags(): readonly Option[] {
  return [
    option(
      '--authorization-mode <modes>',
      'authorizers in order: AlwaysAllow, AlwaysDeny, RBAC, Node (default: Node,RBAC of `up`, AlwaysAllow of `apiserver`)',
      list,
    ),
  ]
}

/** What commander makes of the flags above. */
export interface AuthorizationFlags {
  readonly authorizationMode?: readonly string[]
}

/** The settings that the flags mean. */
export function authorizationSettings(
  flags: AuthorizationFlags,
  defaults: AuthorizationSettings,
): AuthorizationSettings {
  return { modes: flags.authorizationMode ?? defaults.modes }
}
