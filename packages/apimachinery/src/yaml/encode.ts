import { stringify } from 'yaml'
import { setOwn } from '../json/objects.ts'
import type { JsonObject, JsonValue } from '../meta/object.ts'
import { yamlTags } from './tags.ts'

/**
 * YAML text as sigs.k8s.io/yaml writes it: keys sorted, two spaces, lists not indented in maps, and text in quotes where it
 * would be read as something else.
 */
export function encodeYaml(value: JsonValue | object | undefined): string {
  return stringify(sorted(value as JsonValue | undefined), {
    version: '1.1',
    customTags: yamlTags,
    // Text that YAML 1.1 would take for a time is quoted too.
    compat: 'yaml-1.1',
    indentSeq: false,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as JsonValue)
  if (typeof value !== 'object' || value === null) return value
  const result: JsonObject = {}
  for (const key of Object.keys(value).sort()) if (value[key] !== undefined) setOwn(result, key, sorted(value[key]))
  return result
}
