import type { KubeObject } from '@fairlead/apimachinery'
import type { Informer, Store } from '@fairlead/client'
import type { Predicate, ReconcileRequest } from '@fairlead/controller-runtime'
import { isReady, isTerminal, type Pod, podIps } from './pod.ts'
import { type Service, selectsPods } from './service.ts'

type Labels = Readonly<Record<string, string>>

const bySelector = 'selector'

/**
 * Lets a Service be found by the first label that it selects: a change of a pod then costs as much as it has labels and
 * Services ask for them, however many Services there are.
 */
export function indexBySelector(services: Informer<Service>): void {
  services.addIndexer(bySelector, selectorPair)
}

function selectorPair(service: Service): readonly string[] {
  if (!selectsPods(service)) return []
  const [first = ''] = Object.keys(service.spec?.selector ?? {}).sort()
  return [pair(service.metadata.namespace, first, service.spec?.selector?.[first])]
}

/** The Services that select a pod; their informer has the index. */
export function servicesSelecting(services: Store<Service>, { metadata }: KubeObject): ReconcileRequest[] {
  const { namespace = '', labels = {} } = metadata
  return Object.entries(labels).flatMap(([label, value]) =>
    services
      .byIndex(bySelector, pair(namespace, label, value))
      .filter((service) => selects(service, labels))
      .map((service) => ({ namespace, name: service.metadata.name ?? '' })),
  )
}

/** The pods that a Service selects, in the order of their names, so that what follows from them does not depend on chance. */
export function podsSelectedBy(service: Service, pods: Store<Pod>): Pod[] {
  return pods
    .list(service.metadata.namespace ?? '')
    .filter(({ metadata }) => selects(service, metadata.labels ?? {}))
    .sort((one, other) => ((one.metadata.name ?? '') < (other.metadata.name ?? '') ? -1 : 1))
}

function selects({ spec }: Service, labels: Labels): boolean {
  return Object.entries(spec?.selector ?? {}).every(([name, value]) => labels[name] === value)
}

/** Passes changes of pods that may change endpoints. */
export const endpointsMayChange: Predicate = (change) =>
  change.type !== 'update' || aspects(change.before as Pod) !== aspects(change.object as Pod)

function aspects(pod: Pod): string {
  const { labels = {}, deletionTimestamp } = pod.metadata
  const { nodeName, hostname, subdomain } = pod.spec ?? {}
  const state = [deletionTimestamp, isReady(pod), isTerminal(pod), podIps(pod)]
  return JSON.stringify([labels, nodeName, hostname, subdomain, state])
}

function pair(namespace = '', label: string, value = ''): string {
  return `${namespace}/${label}=${value}`
}
