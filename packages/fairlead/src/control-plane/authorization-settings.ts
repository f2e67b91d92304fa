/** Which authorizers decide, under the names of kube-apiserver's flags. */
export interface AuthorizationSettings {
  /** In the order in which they are asked. */
  readonly modes: readonly string[]
}

/** Nodes by what their pods need, everybody else by roles. */
export const defaultAuthorizationSettings: AuthorizationSettings = { modes: ['Node', 'RBAC'] }

const knownModes: readonly string[] = ['AlwaysAllow', 'AlwaysDeny', 'RBAC', 'Node']

/** What is wrong with the settings, as kube-apiserver says it. */
export function authorizationProblems({ modes }: AuthorizationSettings): readonly string[] {
  const listed = modes.map((mode) => JSON.stringify(mode)).join(' ')
  return [
    ...(modes.length === 0 ? ['at least one authorization-mode must be passed'] : []),
    ...modes
      .filter((mode) => !knownModes.includes(mode))
      .map((mode) => `authorization-mode ${JSON.stringify(mode)} is not a valid mode`),
    ...(new Set(modes).size < modes.length ? [`authorization-mode [${listed}] has mode specified more than once`] : []),
  ]
}
