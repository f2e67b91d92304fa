import { expect, test } from 'vitest'
import { isDeclaredLongRunning, longRunningAnnotation, readLongRunning } from './long-running.ts'

test.each<[string, string, boolean]>([
  ['console', 'get console', true],
  ['console', 'create console', true],
  ['get console', 'get console', true],
  ['get console', 'create console', false],
  ['get console, create console', 'create console', true],
  ['get console,vnc', 'update vnc', true],
  ['get console,console', 'delete console', true],
  ['console,get console', 'delete console', true],
  ['console', 'get export', false],
  ['console', 'get ', false],
])('FLT-6: %j: %s', (annotation, request, expected) => {
  const [verb = '', subresource = ''] = request.split(' ')
  const rules = readLongRunning({ [longRunningAnnotation]: annotation })
  expect(isDeclaredLongRunning(rules, { verb, subresource })).toBe(expected)
})

test.each([
  ['', '"" is not a subresource, or a verb and a subresource'],
  ['console,', '"" is not a subresource, or a verb and a subresource'],
  ['get the console', '"get the console" is not a subresource, or a verb and a subresource'],
  ['vms/console', '"vms/console" is not a subresource, or a verb and a subresource'],
  ['post console', '"post" is none of the verbs create, delete, get, patch, update'],
])('FLT-6: %j cannot be read', (annotation, problem) => {
  expect(() => readLongRunning({ [longRunningAnnotation]: annotation })).toThrow(problem)
})
