import {
  everyField,
  everything,
  type FieldError,
  type FieldSelector,
  forbiddenField,
  type LabelSelector,
  notSupported,
  parseFieldSelector,
  parseLabelSelector,
} from '@fairlead/apimachinery'
import { queryFlag } from '../../request/query-values.ts'
import { queryInt64 } from './query-numbers.ts'
import { invalidOptions, optionalFlag } from './write-options.ts'

/** meta.k8s.io ListOptions, decoded. Field selector labels are still those of the requested version. */
export interface ListOptions {
  readonly labelSelector: LabelSelector
  readonly fieldSelector: FieldSelector
  readonly watch: boolean
  readonly allowWatchBookmarks: boolean
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  /** Absent or 0 when the client leaves it to the server. */
  readonly timeoutSeconds?: number
  /** 0 for no limit. */
  readonly limit: number
  readonly continue: string
  readonly sendInitialEvents?: boolean
}

/**
 * Reads and checks the options of list, watch and deletecollection. A watch from the start (resourceVersion empty or
 * 0) that says nothing of initial events gets them. `forceWatch` is set by the deprecated `/watch/` prefix.
 * Throws BadRequest for what cannot be decoded and Invalid for what is not allowed.
 */
export function parseListOptions(
  request: { readonly rawQuery: string; readonly query: URLSearchParams },
  forceWatch = false,
): ListOptions {
  if (request.rawQuery === '' && !forceWatch) return plainList
  const { query } = request
  const timeoutSeconds = queryInt64(query, 'timeoutSeconds')
  const limit = queryInt64(query, 'limit') ?? 0
  const labelSelector = query.get('labelSelector') ?? ''
  const fieldSelector = query.get('fieldSelector') ?? ''
  const options = withInitialEvents({
    labelSelector: labelSelector === '' ? everything() : parseLabelSelector(labelSelector),
    fieldSelector: fieldSelector === '' ? everyField() : parseFieldSelector(fieldSelector),
    watch: forceWatch || queryFlag(query, 'watch'),
    allowWatchBookmarks: queryFlag(query, 'allowWatchBookmarks'),
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    limit,
    continue: query.get('continue') ?? '',
    sendInitialEvents: optionalFlag(query, 'sendInitialEvents'),
  })
  const errors = options.watch ? validateWatch(options) : validateList(options)
  if (errors.length > 0) throw invalidOptions('ListOptions', errors)
  return options
}

const plainList: ListOptions = {
  labelSelector: everything(),
  fieldSelector: everyField(),
  watch: false,
  allowWatchBookmarks: false,
  resourceVersion: '',
  resourceVersionMatch: '',
  limit: 0,
  continue: '',
}

function withInitialEvents({
  sendInitialEvents,
  ...options
}: Omit<ListOptions, 'sendInitialEvents'> & { readonly sendInitialEvents: boolean | undefined }): ListOptions {
  if (sendInitialEvents !== undefined) return { ...options, sendInitialEvents }
  const fromStart = options.resourceVersion === '' || options.resourceVersion === '0'
  if (!options.watch || !fromStart || options.resourceVersionMatch !== '') return options
  return { ...options, sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
}

function validateList(options: ListOptions): FieldError[] {
  const { resourceVersionMatch: match, resourceVersion } = options
  const errors: FieldError[] = []
  const refuse = (detail: string): void => {
    errors.push(forbiddenField('resourceVersionMatch', detail))
  }
  if (match !== '') {
    if (resourceVersion === '') refuse('resourceVersionMatch is forbidden unless resourceVersion is provided')
    if (options.continue !== '') refuse('resourceVersionMatch is forbidden when continue is provided')
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']))
    }
    if (match === 'Exact' && resourceVersion === '0') {
      refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    }
  }
  if (options.sendInitialEvents !== undefined) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  return errors
}

function validateWatch(options: ListOptions): FieldError[] {
  const { resourceVersionMatch: match, sendInitialEvents } = options
  const errors: FieldError[] = []
  const refuse = (detail: string): void => {
    errors.push(forbiddenField('resourceVersionMatch', detail))
  }
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    refuse('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      refuse('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided')
    }
    if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']))
    if (options.continue !== '') refuse('resourceVersionMatch is forbidden when continue is provided')
  }
  return errors
}
