import { describe, expect, test } from 'vitest'
import { type ApiRequest, apiProject } from './api-project.ts'

const good: ApiRequest = { group: 'wardle.example.com', version: 'v1alpha1', kind: 'Flunder' }

describe('what is refused', () => {
  const group = 'expected a DNS name with a dot, such as wardle.example.com'
  const version = 'expected a version such as v1alpha1, v1beta1 or v1'
  const kind = 'expected a name in CamelCase of at most 63 letters and digits, such as Flunder'
  const plural = 'expected lower case letters, digits and dashes, at most 63, such as flunders'
  test.each<[keyof ApiRequest, string, string]>([
    ['group', '', group],
    ['group', 'wardle', group],
    ['group', 'Wardle.example.com', group],
    ['group', 'wardle..com', group],
    ['group', '../x.y', group],
    ['group', `${'a'.repeat(64)}.com`, group],
    ['version', '', version],
    ['version', '1', version],
    ['version', 'v0', version],
    ['version', 'v1alpha', version],
    ['version', 'v1gamma1', version],
    ['version', 'V1', version],
    ['version', `v${'1'.repeat(63)}`, version],
    ['kind', '', kind],
    ['kind', 'flunder', kind],
    ['kind', 'Flun-der', kind],
    ['kind', "Flun'der", kind],
    ['kind', `F${'a'.repeat(63)}`, kind],
    ['kind', 'Main', 'expected another name, as the project has a file src/main.js of its own'],
    ['kind', 'Controller', 'expected another name, as the project has a file src/controller.js of its own'],
    ['plural', '', plural],
    ['plural', 'Flunders', plural],
    ['plural', '1s', plural],
    ['plural', 'a/b', plural],
  ])('--%s "%s"', (flag, value, text) => {
    expect(() => apiProject({ ...good, [flag]: value })).toThrow(`--${flag} "${value}": ${text}`)
  })
})

test.each<[string, string]>([
  ['Flunder', 'flunders'],
  ['Policy', 'policies'],
  ['Gateway', 'gateways'],
  ['Class', 'classes'],
  ['Mesh', 'meshes'],
])('the plural of %s is %s', (kind, plural) => {
  expect(apiProject({ ...good, kind }).plural).toBe(plural)
})

test('what follows from a request', () => {
  expect(apiProject({ ...good, version: 'v2beta1', clusterScoped: true, plural: 'flunderen' })).toEqual({
    group: 'wardle.example.com',
    version: 'v2beta1',
    apiVersion: 'wardle.example.com/v2beta1',
    kind: 'Flunder',
    singular: 'flunder',
    plural: 'flunderen',
    namespaced: false,
    serverNamespace: 'wardle',
  })
})
