import type { ApiResource, DiscoveredApis } from '@fairlead/client'
import { preferredResources } from '../discovery/preferred-resources.ts'
import { type ApiKind, groupOf } from './api-kinds.ts'

/** The resources whose objects are collected. Events are not: they are many, end by themselves, and own nothing. */
export function collectedResources(apis: DiscoveredApis): readonly ApiResource[] {
  return preferredResources(apis, ['list', 'watch', 'delete']).filter(
    ({ group, resource }) => resource !== 'events' || (group !== '' && group !== 'events.k8s.io'),
  )
}

/** Whether objects of a kind change what the server serves. */
export function changesApis(kind: ApiKind): boolean {
  const group = groupOf(kind)
  return (
    (group === 'apiregistration.k8s.io' && kind.resource === 'apiservices') ||
    (group === 'apiextensions.k8s.io' && kind.resource === 'customresourcedefinitions')
  )
}
