// A process that deletes the ConfigMaps of a namespace as a client does, one after the other, or with their namespace.
// Gets one job and answers it.
import { awaitCondition, isDeleted } from '@fairlead/client'
import { answerJob } from './answer-job.mjs'
import { connectToTarget } from './connect-to-target.mjs'

const ways = { namespace: deleteNamespace, 'one by one': deleteEach }

answerJob(async ({ way, target, namespace }) => {
  const { client, close } = connectToTarget(target, namespace)
  const delay = await ways[way](client, namespace)
  close()
  return { milliseconds: delay }
})

/** Until the namespace is gone, and so everything in it. */
async function deleteNamespace(client, namespace) {
  const namespaces = client.resource('v1', 'namespaces')
  // The connection is there before the clock runs.
  await namespaces.get(namespace)
  const started = performance.now()
  await namespaces.delete(namespace)
  await awaitCondition(namespaces, namespace, isDeleted())
  return performance.now() - started
}

async function deleteEach(client, namespace) {
  const configMaps = client.resource('v1', 'configmaps').namespace(namespace)
  const { items } = await configMaps.metadataOnly().list()
  const started = performance.now()
  for (const { metadata } of items) await configMaps.delete(metadata.name)
  return performance.now() - started
}
