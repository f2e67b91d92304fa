import { defineKind, provide, type ProvidedKind, s } from '@fairlead/extension-server'

/** How much memory of one sort this process uses. */
export const MemoryUsage = defineKind({
  group: 'stats.example.com',
  version: 'v1',
  kind: 'MemoryUsage',
  namespaced: false,
  schema: s.object({ bytes: s.integer({ description: 'Bytes in use.' }) }),
  columns: [{ name: 'Bytes', path: '.bytes', type: 'integer' }],
})

/** The kind, computed anew for each request: `read` gives the bytes in use by sort, such as `heapUsed`. */
export function memoryUsage(read: () => Readonly<Record<string, number>>): ProvidedKind {
  const compute = () => Object.entries(read()).map(([sort, bytes]) => ({ metadata: { name: kebabCase(sort) }, bytes }))
  return provide(MemoryUsage, {
    list: async () => compute(),
    get: async ({ name }) => compute().find(({ metadata }) => metadata.name === name),
  })
}

/** Names are DNS names: heapUsed becomes heap-used. */
function kebabCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
