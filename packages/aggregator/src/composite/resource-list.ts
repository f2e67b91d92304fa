import { isJsonObject, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { BackendError } from '../backend/backend.ts'
import type { CollectedResponse } from '../backend/collect.ts'

/** The entries of an APIResourceList. Throws a `BackendError` for any other answer. */
export function readResourceList({ status, body }: CollectedResponse): readonly JsonObject[] {
  if (status !== 200) throw new BackendError(`the server answered discovery with ${status}`, { stage: 'sent' })
  let value: JsonValue
  try {
    value = JSON.parse(Buffer.from(body).toString()) as JsonValue
  } catch (cause) {
    throw new BackendError('the discovery of the server is no JSON', { cause, stage: 'sent' })
  }
  const resources = isJsonObject(value) ? value['resources'] : undefined
  return Array.isArray(resources) ? resources.filter(isJsonObject) : []
}
