import type { RequestContext } from '../../request/request-context.ts'
import type { DeleteRequest, ObjectKey, WriteOptions } from '../rest/capabilities.ts'
import type { KeptObject } from './stored-object.ts'

/** A deletion of one object. */
export interface Deletion {
  readonly context: RequestContext
  readonly key: ObjectKey
  readonly options: DeleteRequest
  readonly write: WriteOptions
  /** The name that admission sees: empty when the object goes with a collection. */
  readonly admittedName: string
}

/** Mutating, then validating admission of a deletion. */
export async function admitDeletion({ admittedName: name, write }: Deletion, current: KeptObject): Promise<void> {
  const attributes = { operation: 'DELETE', name, oldObject: current.object() } as const
  await write.admit.mutate(attributes)
  await write.admit.validate(attributes)
}
