import { defineKind, s } from '@fairlead/extension-server'

/** Names Flunders that may not be created. */
export const Fischer = defineKind({
  group: 'wardle.example.com',
  version: 'v1alpha1',
  kind: 'Fischer',
  namespaced: false,
  schema: s.object({
    disallowedFlunders: s.optional(s.array(s.string(), { description: 'Names that no Flunder may have.' })),
  }),
})
