import type { JsonObject, JsonValue, KubeObject } from '@fairlead/apimachinery'

/** Reads a value at a path such as `.spec.replicas` or `spec.items[0].name`; undefined when there is none. */
export function objectPath(path: string): (object: KubeObject) => JsonValue | undefined {
  const steps = stepsOf(path)
  return (object) => {
    let value: JsonValue | undefined = object
    for (const step of steps) {
      if (typeof value !== 'object' || value === null) return undefined
      value = Array.isArray(value) ? value[Number(step)] : Object.hasOwn(value, step) ? value[step] : undefined
    }
    return value
  }
}

/** Writes a number at a path of fields, making objects on the way. */
export function setAtPath(object: KubeObject, path: string, value: JsonValue): void {
  const steps = stepsOf(path)
  const last = steps.pop()
  if (last === undefined) throw new TypeError(`the path "${path}" names no field`)
  let parent: JsonObject = object
  for (const step of steps) {
    const next = parent[step]
    const child: JsonObject = typeof next === 'object' && next !== null && !Array.isArray(next) ? { ...next } : {}
    parent[step] = child
    parent = child
  }
  parent[last] = value
}

function stepsOf(path: string): string[] {
  const steps = path
    .replace(/^\./, '')
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
  if (steps.some((step) => !/^[A-Za-z0-9_-]+$/.test(step))) throw new TypeError(`"${path}" is not a path of fields`)
  return steps
}
