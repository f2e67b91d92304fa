/** A query or path parameter. */
export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'path'
  readonly type: 'string' | 'integer' | 'boolean'
  readonly description: string
  readonly required?: boolean
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
})
const path = (name: string, description: string): Parameter => ({
  name,
  in: 'path',
  type: 'string',
  description,
  required: true,
})

export const namespaceParameter: Parameter = path('namespace', 'Name of the namespace.')
export const pathParameter: Parameter = path('path', 'Path that follows the proxied endpoint.')
export const prettyParameter: Parameter = query('pretty', 'string', 'A true value asks for indented output.')

/** The `name` in an item's path. */
export function nameParameter(kind: string): Parameter {
  return path('name', `Name of the ${kind}.`)
}

const dryRun = query('dryRun', 'string', 'All: run every stage of the request but store nothing.')
const fieldManager = query('fieldManager', 'string', 'Name of the actor that makes the change.')
/** kubectl looks for this parameter to find out whether the server validates fields. */
const fieldValidation = query(
  'fieldValidation',
  'string',
  'What to do with unknown or repeated fields: Ignore, Warn or Strict.',
)
const force = query('force', 'boolean', 'Apply only: take over fields that other managers own.')

/** Of POST and PUT. */
export const writeParameters: readonly Parameter[] = [dryRun, fieldManager, fieldValidation]
/** Of PATCH. */
export const patchParameters: readonly Parameter[] = [dryRun, fieldManager, fieldValidation, force]

/** Of DELETE of one object. */
export const deleteParameters: readonly Parameter[] = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'Seconds until the object is removed; zero removes it at once.'),
  query(
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    'boolean',
    'Remove an object that cannot be read from storage any more.',
  ),
  query('orphanDependents', 'boolean', 'Deprecated in favour of propagationPolicy.'),
  query('propagationPolicy', 'string', 'What happens to dependents: Orphan, Background or Foreground.'),
]

const selectors: readonly Parameter[] = [
  query('continue', 'string', 'Token of an earlier page: the next page is wanted.'),
  query('fieldSelector', 'string', 'Restricts the objects by their fields.'),
  query('labelSelector', 'string', 'Restricts the objects by their labels.'),
  query('limit', 'integer', 'The most objects that one page may hold.'),
  query('resourceVersion', 'string', 'The resource version that the answer may be served from.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion applies: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'Watch only: begin with the objects that exist.'),
  query('timeoutSeconds', 'integer', 'The longest that the call may take.'),
]

/** Of a list, which is also how a watch is asked for. */
export const listParameters: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean', 'Watch only: the server may send BOOKMARK events.'),
  ...selectors,
  query('watch', 'boolean', 'Watch for changes instead of listing.'),
].sort((a, b) => (a.name < b.name ? -1 : 1))

/** Of DELETE of a collection. */
export const deleteCollectionParameters: readonly Parameter[] = [...selectors, ...deleteParameters].sort((a, b) =>
  a.name < b.name ? -1 : 1,
)
