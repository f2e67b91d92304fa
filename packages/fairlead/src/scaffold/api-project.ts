import { isDns1035Label, isDns1123Label, isDns1123Subdomain } from '@fairlead/apimachinery'

/** What the author of an API has said of it. */
export interface ApiRequest {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly clusterScoped?: boolean
  readonly plural?: string
}

/** What templates know of a project. */
export interface ApiProject {
  readonly group: string
  readonly version: string
  /** `GROUP/VERSION`. */
  readonly apiVersion: string
  readonly kind: string
  /** The kind in lower case: names the file, the project and the image. */
  readonly singular: string
  readonly plural: string
  readonly namespaced: boolean
  /** Where the server runs in a cluster: the first part of the group. */
  readonly serverNamespace: string
}

/** Fills in what follows from the request. Throws an error that names the flag when the API could not be served. */
export function apiProject({ group, version, kind, clusterScoped = false, plural }: ApiRequest): ApiProject {
  const labels = group.split('.')
  if (labels.length < 2 || isDns1123Subdomain(group).length > 0 || labels.some((l) => isDns1123Label(l).length > 0)) {
    refuse('group', group, 'a DNS name with a dot, such as wardle.example.com')
  }
  if (!/^v[1-9]\d*((alpha|beta)[1-9]\d*)?$/.test(version) || isDns1035Label(version).length > 0) {
    refuse('version', version, 'a version such as v1alpha1, v1beta1 or v1')
  }
  const singular = kind.toLowerCase()
  if (!/^[A-Z][A-Za-z0-9]*$/.test(kind) || isDns1035Label(singular).length > 0) {
    refuse('kind', kind, 'a name in CamelCase of at most 63 letters and digits, such as Flunder')
  }
  if (reservedFiles.has(singular)) {
    refuse('kind', kind, `another name, as the project has a file src/${singular}.js of its own`)
  }
  const name = plural ?? pluralOf(singular)
  if (isDns1035Label(name).length > 0) {
    refuse('plural', name, 'lower case letters, digits and dashes, at most 63, such as flunders')
  }
  return {
    group,
    version,
    apiVersion: `${group}/${version}`,
    kind,
    singular,
    plural: name,
    namespaced: !clusterScoped,
    serverNamespace: labels[0] ?? '',
  }
}

const reservedFiles: ReadonlySet<string> = new Set(['main', 'controller'])

function refuse(flag: string, value: string, expected: string): never {
  throw new Error(`--${flag} "${value}": expected ${expected}`)
}

/** As upstream guesses it: policy → policies, class → classes, flunder → flunders. */
function pluralOf(singular: string): string {
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`
  return /(s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : `${singular}s`
}
