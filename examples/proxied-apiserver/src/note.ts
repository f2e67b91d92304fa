import { defineKind, s } from '@fairlead/extension-server'

/** A note, which somebody else's service keeps. */
export const Note = defineKind({
  group: 'notes.example.com',
  version: 'v1',
  kind: 'Note',
  namespaced: false,
  schema: s.object({ text: s.string({ minLength: 1 }) }),
  columns: [{ name: 'Text', path: '.text' }],
})
