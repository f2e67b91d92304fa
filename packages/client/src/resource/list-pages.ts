import { isReason } from '@fairlead/apimachinery'
import type { List } from '../object-types.ts'
import type { ListOptions } from './options.ts'

type ListCall<T> = (options: ListOptions) => Promise<List<T>>

const pageSize = 500

/**
 * A list page by page. A server that has forgotten the version of the first page ends it with the StatusError `Expired`,
 * as it can no longer be told consistently.
 */
export async function* listPages<T>(list: ListCall<T>, options: ListOptions = {}): AsyncGenerator<List<T>> {
  let next: ListOptions = { limit: pageSize, ...options }
  for (;;) {
    const page = await list(next)
    yield page
    const token = page.metadata.continue
    if (token === undefined || token === '') return
    const { resourceVersion: _, resourceVersionMatch: _match, ...rest } = next
    next = { ...rest, continue: token }
  }
}

/** A whole list that is read in pages; in one piece when the server forgets its version between two pages. */
export async function listInPages<T>(list: ListCall<T>, options: ListOptions = {}): Promise<List<T>> {
  const items: T[] = []
  let last: List<T> | undefined
  try {
    for await (const page of listPages(list, options)) {
      for (const item of page.items) items.push(item)
      last = page
    }
  } catch (error) {
    if (last === undefined || !isReason(error, 'Expired')) throw error
    const { limit: _, ...rest } = options
    return list(rest)
  }
  if (last === undefined) throw new Error('a list has at least one page')
  return { ...last, items }
}
