import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { bootstrapPolicy } from './bootstrap-policy.ts'

const upstream = (await readFile(new URL('testdata/upstream-policy.jsonl', import.meta.url), 'utf8'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

const pathOf = (object: { kind: string; metadata: { namespace?: string; name?: string } }) =>
  `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name}`

test('brings the same objects as kube-apiserver', () => {
  expect(bootstrapPolicy().map(pathOf).sort()).toEqual(upstream.map(pathOf).sort())
})

test.each(upstream.map((object) => [pathOf(object), object]))('%s', (path, object) => {
  expect(bootstrapPolicy().find((own) => pathOf(own) === path)).toEqual(object)
})
