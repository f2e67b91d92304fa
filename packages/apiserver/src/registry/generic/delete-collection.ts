import { StatusError } from '@fairlead/apimachinery'
import type { CollectionDeleter, DeleteRequest, ListRequest, ListResult, WriteOptions } from '../rest/capabilities.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { deleteObject, warnOfDeletion } from './delete.ts'
import { listObjects } from './list.ts'
import type { KeptList } from './list.ts'
import type { StoreParts } from './store-parts.ts'

const pageSize = 10_000

/**
 * DELETE of a collection: lists in pages and deletes one after the other, or as many at a time as there are workers, not
 * atomically. Objects that are gone by then are passed over; the first other failure ends it. The answer is the list as it was read.
 */
export function createCollectionDeleter(parts: StoreParts): CollectionDeleter {
  return {
    async deleteCollection(context, list, options, write) {
      warnOfDeletion(parts, context, options)
      if (list.limit > 0) {
        const page = await listObjects(parts, list)
        await deleteAll(parts, page, { context, options, write })
        return page
      }
      let page = await listObjects(parts, { ...list, limit: pageSize })
      const first = page
      const items = [...page.items]
      await deleteAll(parts, page, { context, options, write })
      while (page.continue !== '') {
        page = await listObjects(parts, nextPage(list, page))
        for (const item of page.items) items.push(item)
        await deleteAll(parts, page, { context, options, write })
      }
      return { ...first, items } satisfies ListResult
    },
  }
}

function nextPage(list: ListRequest, page: ListResult): ListRequest {
  return { ...list, limit: pageSize, continue: page.continue, resourceVersion: '', resourceVersionMatch: '' }
}

async function deleteAll(
  parts: StoreParts,
  page: KeptList,
  request: { readonly context: RequestContext; readonly options: DeleteRequest; readonly write: WriteOptions },
): Promise<void> {
  // The workers take turns at one iterator; a failure ends it for all of them.
  const items = page.items.values()
  let failed = false
  const work = async (): Promise<void> => {
    for (const { namespace, name } of items) {
      try {
        await deleteObject(parts, { ...request, key: { namespace, name }, admittedName: '' })
      } catch (error) {
        if (StatusError.is(error) && error.reason === 'NotFound') continue
        failed = true
        throw error
      }
      if (failed) return
    }
  }
  await Promise.all(Array.from({ length: parts.deleteCollectionWorkers ?? 1 }, work))
}
