import { describe, expect, it } from 'vitest'
import { definition } from '../definitions/definitions.ts'
import { builtinResources } from './builtin-resources.ts'

/** Paths of fields that only one of two definitions has. */
function differences(a: string, b: string, path: string, seen: Set<string>): readonly string[] {
  if (a === b || seen.has(`${a} ${b}`)) return []
  seen.add(`${a} ${b}`)
  const left = new Map(definition(a).fields.map((field) => [field.name, field.type]))
  const right = new Map(definition(b).fields.map((field) => [field.name, field.type]))
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
    const pair = [left.get(name), right.get(name)].map((type) => {
      let inner = type
      while (inner?.kind === 'list' || inner?.kind === 'map') inner = inner.of
      return inner
    })
    const [x, y] = pair
    if (x === undefined || y === undefined || x.kind !== y.kind) return [`${path}.${name}`]
    return x.kind === 'ref' && y.kind === 'ref' ? differences(x.name, y.name, `${path}.${name}`, seen) : []
  })
}

describe('versions of one kind', () => {
  const converted = ['horizontalpodautoscalers', 'resourceclaims', 'resourceclaimtemplates', 'resourceslices']
  const several = builtinResources().filter(({ versions, storage }) => versions.length > 1 && storage !== undefined)

  it.each(several.map((resource) => [resource.resource, resource] as const))(
    '%s differ in form only where they are converted',
    (name, { versions, storage }) => {
      const stored = versions.find(({ version }) => storage?.apiVersion.endsWith(`/${version}`))
      const found = versions.flatMap(({ kind }) =>
        differences(kind.definition, stored?.kind.definition ?? '', '', new Set()),
      )
      expect(found.length > 0).toBe(converted.includes(name))
    },
  )
})
