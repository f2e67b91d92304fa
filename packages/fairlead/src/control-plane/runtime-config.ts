import type { ResourceDescription, ResourceVersion } from '@fairlead/openapi'

/**
 * Which versions `--runtime-config` serves: `group/version=true|false` (the core version is `v1` or `api/v1`), and the
 * collective `api/all`, `api/ga`, `api/beta`, `api/alpha`. What names a version stands above what names many. Throws with
 * the flag's name for anything else.
 */
export function parseRuntimeConfig(
  entries: readonly string[],
  known: readonly ResourceDescription[],
): (group: string, version: ResourceVersion) => boolean {
  const settings = new Map(entries.map(parseEntry))
  const groupVersions = new Set(
    known.flatMap(({ group, versions }) => versions.map(({ version }) => key(group, version))),
  )
  for (const name of settings.keys()) {
    if (!collective.has(name) && !groupVersions.has(normalise(name))) {
      throw new Error(`--runtime-config: unknown api groups ${name}`)
    }
  }
  const byVersion = new Map([...settings].map(([name, value]) => [normalise(name), value]))
  return (group, version) =>
    byVersion.get(key(group, version.version)) ??
    settings.get(`api/${stability(version.version)}`) ??
    settings.get('api/all') ??
    version.servedByDefault
}

const collective = new Set(['api/all', 'api/ga', 'api/beta', 'api/alpha'])

function parseEntry(entry: string): [string, boolean] {
  const [name = '', value = 'true', ...rest] = entry.split('=')
  if (rest.length > 0 || !['true', 'false', ''].includes(value)) {
    throw new Error(`--runtime-config: "${entry}" is not of the form group/version=true or group/version=false`)
  }
  return [name, value !== 'false']
}

function stability(version: string): string {
  return /^v\d+(alpha|beta)/.exec(version)?.[1] ?? 'ga'
}

function key(group: string, version: string): string {
  return `${group}/${version}`
}

/** `v1` and `api/v1` are the core group's. */
function normalise(name: string): string {
  if (!name.includes('/')) return key('', name)
  return name.startsWith('api/') ? key('', name.slice('api/'.length)) : name
}
