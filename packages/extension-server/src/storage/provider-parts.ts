import type { Clock } from '@fairlead/apimachinery'
import type { RequestContext } from '@fairlead/apiserver'
import type { ResourceDescription } from '@fairlead/openapi'
import type { Provider, ProviderRequest } from './provider.ts'
import type { ObjectMaker } from './provided-object.ts'

/** The erased form that the adapter works with. */
export type AnyProvider = Provider<Record<never, never>>

export interface ProviderParts {
  readonly description: ResourceDescription
  readonly provider: AnyProvider
  readonly make: ObjectMaker
  readonly clock: Clock
}

export function requestOf({ user, signal }: RequestContext): ProviderRequest {
  return { user, signal }
}
