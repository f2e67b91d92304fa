import type { JsonObject } from '@fairlead/apimachinery'
import { checkAnswer, type LoopbackCall } from './loopback-call.ts'

const collection = '/api/v1/services'
const pageSize = 500

/**
 * Gives addresses and node ports to Services that were stored by a server which gave out none: they are written again as
 * they are, and the registry does the rest. Returns why it did not work for which of them.
 */
export async function completeServices(call: LoopbackCall): Promise<readonly string[]> {
  const failures: string[] = []
  for (let next: string | undefined = ''; next !== undefined; ) {
    const page = await call('GET', `${collection}?limit=${pageSize}&continue=${encodeURIComponent(next)}`)
    checkAnswer('list services', page, 200)
    for (const service of (page.body['items'] as JsonObject[]).filter(isIncomplete)) {
      const { namespace, name } = service['metadata'] as JsonObject
      const path = `/api/v1/namespaces/${String(namespace)}/services/${String(name)}`
      const { status, body } = await call('PUT', path, { ...service, apiVersion: 'v1', kind: 'Service' })
      // Whoever changed it meanwhile has completed it.
      if (status !== 200 && status !== 404 && status !== 409) failures.push(`${path}: ${String(body['message'])}`)
    }
    const { continue: token } = page.body['metadata'] as JsonObject
    next = typeof token === 'string' && token !== '' ? token : undefined
  }
  return failures
}

function isIncomplete({ spec }: JsonObject): boolean {
  const { type, clusterIPs } = (spec ?? {}) as JsonObject
  return type !== 'ExternalName' && clusterIPs === undefined
}
