// The table of built-in resources with what follows from it: storage version hashes.
import { createHash } from 'node:crypto'

const expectedResources = 95
const expectedHashes = 87

export function buildResources(tables) {
  const { meta, resources } = tables['builtin-resources']
  if (resources.length !== expectedResources) throw new Error(`${resources.length} resources, not ${expectedResources}`)
  const entries = resources.map((resource) => {
    const storageVersionHash = hashOf(resource, meta.storageGV)
    return storageVersionHash === undefined ? resource : { ...resource, storageVersionHash }
  })
  const hashes = entries.filter((entry) => entry.storageVersionHash !== undefined).length
  if (hashes !== expectedHashes) throw new Error(`${hashes} storage version hashes, not ${expectedHashes}`)
  return {
    groupOrder: meta.groupOrder,
    packages: meta.openapiPackageByGroup,
    storageVersions: meta.storageGV,
    strategies: tables['rest-strategies'].resources,
    resources: entries,
  }
}

/** Base64 of the first 8 bytes of sha256 of the storage group, version and kind; none for what is not stored. */
function hashOf({ group, version, kind, verbs }, storageVersions) {
  if (!verbs.includes('create') || !verbs.includes('get')) return undefined
  const storage = storageVersions[`${group}/${kind}`] ?? (group === '' ? version : `${group}/${version}`)
  const text = `${storage.includes('/') ? storage : `/${storage}`}/${kind}`
  return createHash('sha256').update(text).digest().subarray(0, 8).toString('base64')
}
