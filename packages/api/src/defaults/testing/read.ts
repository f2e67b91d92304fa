import { encodeJson, type JsonObject } from '@fairlead/apimachinery'
import { decodeWithSchema } from '@fairlead/openapi'
import { expect } from 'vitest'
import { schemas } from '../../resources/schemas.ts'

/** A body of a definition, such as `core.v1.Probe`, as it is read. */
export function read(definition: string, body: JsonObject): JsonObject {
  return decodeWithSchema(schemas.struct(`io.k8s.api.${definition}`), body).object
}

/** Expects that `body` reads as `expected`, byte by byte, and that reading this again changes nothing. */
export function expectRead(definition: string, body: JsonObject, expected: JsonObject): void {
  const object = read(definition, body)
  expect(object).toEqual(expected)
  expect(encodeJson(object)).toBe(encodeJson(expected))
  expect(encodeJson(read(definition, object))).toBe(encodeJson(expected))
}
