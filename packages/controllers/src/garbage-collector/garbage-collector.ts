import type { Runnable } from '@fairlead/controller-runtime'
import { type DiscoveredApis, sleep } from '@fairlead/client'
import { controllerEvents } from '../controller-events.ts'
import { createAbsentOwners } from './absent-owners.ts'
import { createApiKinds } from './api-kinds.ts'
import { attemptToDelete } from './attempt-to-delete.ts'
import { attemptToOrphan } from './attempt-to-orphan.ts'
import { changesApis, collectedResources } from './collected-resources.ts'
import { followApis } from './follow-apis.ts'
import { createGraph } from './graph.ts'
import { createGraphChanges } from './graph-changes.ts'
import { createKindWaiters } from './kind-waiters.ts'
import { createMonitors } from './monitors.ts'
import { createNodeQueue } from './node-queue.ts'
import { nodeWork, type NodeWorkParts } from './node-work.ts'
import { createObjectAccess } from './object-access.ts'
import { describeReference, ownerOf } from './object-reference.ts'

const name = 'garbage-collector-controller'
const workers = 20
/** How many milliseconds the first lists may take before collecting starts without them. */
const patience = 30_000

/**
 * Deletes objects whose owners are gone, and does what the finalizers `foregroundDeletion` and `orphan` of an object that is
 * being deleted ask for. Follows the metadata of everything that can be listed, watched and deleted.
 */
export function garbageCollector(): Runnable {
  return { name, start }
}

const start: Runnable['start'] = async (runtime, signal) => {
  const { client, metrics, onError } = runtime
  const { clock } = client.times
  const about = (what: string): string => `${name} ${what}`
  const events = controllerEvents(runtime, name, signal)
  const toDelete = createNodeQueue({ name: 'garbage_collector_attempt_to_delete', clock, metrics })
  const toOrphan = createNodeQueue({ name: 'garbage_collector_attempt_to_orphan', clock, metrics })
  const syncErrors = metrics.counter(
    'garbagecollector_controller_resources_sync_error_total',
    'Number of garbage collector resources sync errors',
  )
  const absentOwners = createAbsentOwners()
  const graph = createGraph({
    attemptToDelete: (nodes) => toDelete.add(nodes),
    attemptToDeleteLater: (node) => toDelete.addLater(node),
    attemptToOrphan: (node) => toOrphan.add([node]),
    foundAbsent: (object) => absentOwners.add(object),
    foundInvalidNamespace({ identity }, reference) {
      const { apiVersion, kind, namespace, name: dependent, uid } = identity
      const owner = describeReference(ownerOf(reference, namespace))
      events.event(
        { apiVersion, kind, metadata: { name: dependent, namespace, uid } },
        'Warning',
        'OwnerRefInvalidNamespace',
        `ownerRef ${owner} does not exist in namespace "${namespace}"`,
      )
    },
  })
  const kinds = createApiKinds()
  const waiters = createKindWaiters(kinds, graph)
  const monitors = createMonitors({
    client,
    changes: createGraphChanges(graph),
    signal,
    onChange: (kind) => changesApis(kind) && apis.soon(),
    onError: (error, resource) => onError(error, about(resource)),
  })
  const onApis = (found: DiscoveredApis): void => {
    // No server is without any: this one is starting or ending.
    if (found.resources.length === 0) return
    const isBetter = kinds.update(found)
    monitors.watch(collectedResources(found), found.failures)
    if (isBetter) {
      for (const node of waiters.wake()) (node.orphansDependents ? toOrphan : toDelete).add([node])
    }
  }
  const apis = followApis({
    client,
    onApis,
    onError(error) {
      syncErrors.add({})
      onError(error, about('discovery'))
    },
  })
  const access = createObjectAccess({
    client,
    kinds,
    refreshKinds: async () => void (await apis.refresh()),
    signal,
  })
  const collection = { graph, access, absentOwners }
  const parts: NodeWorkParts = {
    waiters,
    apis,
    onError(error, { identity }) {
      if (!signal.aborted) onError(error, about(describeReference(identity)))
    },
  }
  const deleting = nodeWork(parts, (node) => attemptToDelete(collection, node))
  const orphaning = nodeWork(parts, (node) => attemptToOrphan(access, node))

  const stop = (): void => {
    toDelete.shutDown()
    toOrphan.shutDown()
  }
  signal.addEventListener('abort', stop, { once: true })
  const following = apis.run(signal)
  await Promise.race([
    apis.answered().then(() => monitors.settled()),
    sleep(clock, patience, signal).catch(() => undefined),
  ])
  await Promise.all([toDelete.run(workers, deleting), toOrphan.run(workers, orphaning), following])
  await Promise.all([monitors.ended(), events.flush()])
}
