import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { call } from './call.mjs'
import { startNode } from './child.mjs'

const backends = fileURLToPath(new URL('../backends.mjs', import.meta.url))
const collection = '/apis/apiregistration.k8s.io/v1/apiservices'

/** Starts extension servers with the certificates of a data folder; resolves to their URLs by what they do. */
export async function startBackends({ folder, cleanup }) {
  const { match } = await startNode([backends, join(folder, 'pki')], { ready: /backends (\{.*\})\n/, cleanup })
  return JSON.parse(match[1])
}

/** Registers a version v1 of each group. */
export async function registerGroups(target, urls) {
  const registrations = Object.entries(urls).map(([group, url]) => apiService(group, url))
  await Promise.all(registrations.map((body) => call(target, { method: 'POST', path: collection, body })))
}

/** Resolves when the server has looked at every one of the groups, and found it good or bad. */
export async function lookedAt(target, groups) {
  for (;;) {
    const { items } = await call(target, { path: collection })
    const known = new Set(items.filter(({ status }) => status?.conditions?.length > 0).map(({ spec }) => spec.group))
    if (groups.every((group) => known.has(group))) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Takes the registration of groups back. */
export async function forgetGroups(target, groups) {
  await Promise.all(groups.map((group) => call(target, { method: 'DELETE', path: `${collection}/v1.${group}` })))
}

function apiService(group, url) {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1.${group}`, annotations: { 'aggregation.fairlead.dev/url': url } },
    spec: {
      group,
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 15,
      service: { namespace: 'bench', name: 'backend' },
      insecureSkipTLSVerify: true,
    },
  }
}
