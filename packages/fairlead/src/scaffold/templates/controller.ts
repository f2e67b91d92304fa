import type { ApiProject } from '../api-project.ts'

export function controllerTemplate({ apiVersion, kind, singular, plural }: ApiProject): string {
  return `// @ts-check
import { connectToCluster } from '@fairlead/client/node'

/**
 * @typedef {import('@fairlead/extension-server').KindObject<{
 *   spec: { message: string },
 *   status: { conditions?: Condition[] },
 * }>} ${kind}Object
 */
/**
 * @typedef {{
 *   type: string, status: 'True' | 'False' | 'Unknown', reason: string, message: string,
 *   lastTransitionTime: string, observedGeneration?: number,
 * }} Condition
 */

/**
 * Looks at every ${kind} and writes what it finds into the status. It is a client like any other, so it could as well run
 * in a process of its own. What is returned stops it.
 *
 * @param {{ kubeconfig?: string }} options
 */
export async function startController({ kubeconfig }) {
  const { client, close } = await connectToCluster(kubeconfig === undefined ? {} : { path: kubeconfig })
  const resource = /** @type {import('@fairlead/client').ResourceClient<${kind}Object>} */ (
    /** @type {unknown} */ (client.resource('${apiVersion}', '${plural}'))
  )
  const stopping = new AbortController()
  const following = follow(resource, stopping.signal)
  return async () => {
    stopping.abort()
    await following
    close()
  }
}

/**
 * The present objects come first, then every change; the watch goes on by itself when a connection breaks.
 *
 * @param {import('@fairlead/client').ResourceClient<${kind}Object>} resource
 * @param {AbortSignal} signal
 */
async function follow(resource, signal) {
  for await (const event of resource.watch({ signal })) {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') await reconcile(resource, event.object, signal)
  }
}

/**
 * Brings the status in line with the spec. Does nothing when it is, so that its own write is not answered with another.
 *
 * @param {import('@fairlead/client').ResourceClient<${kind}Object>} resource
 * @param {${kind}Object} object
 * @param {AbortSignal} signal
 */
async function reconcile(resource, object, signal) {
  const { generation } = object.metadata
  const others = (object.status.conditions ?? []).filter(({ type }) => type !== 'Ready')
  const ready = (object.status.conditions ?? []).find(({ type }) => type === 'Ready')
  if (ready !== undefined && ready.observedGeneration === generation) return
  /** @type {Condition} */
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Seen',
    message: \`The ${singular} says: \${object.spec.message}\`,
    lastTransitionTime: ready?.lastTransitionTime ?? new Date().toISOString().replace(/\\.\\d+Z$/, 'Z'),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  try {
    await resource.subresource('status').update({ ...object, status: { conditions: [condition, ...others] } }, { signal })
  } catch (error) {
    if (signal.aborted) return
    const { code, message } = /** @type {{ code?: number | string, message: string }} */ (error)
    // Changed or deleted since: the watch tells of that next.
    if (code === 409 || code === 404) return
    console.error(\`${singular} \${object.metadata.name}: \${message}; trying again in 5 seconds\`)
    setTimeout(() => void reconcile(resource, object, signal), 5000).unref()
  }
}
`
}
