import { describe, expect, test } from 'vitest'
import { builtinControllers } from './builtin-controllers.ts'
import { controllerNames, selectControllers } from './select-controllers.ts'

const onDemand = ['bootstrap-signer-controller', 'token-cleaner-controller']
const unasked = controllerNames.filter((name) => !onDemand.includes(name))
const without = (name: string) => unasked.filter((known) => known !== name)

describe('a list of controllers', () => {
  test.each<[string[], readonly string[]]>([
    [[], []],
    [['*'], unasked],
    [['namespace-controller'], ['namespace-controller']],
    [['namespace'], ['namespace-controller']],
    [['*', '-namespace-controller'], without('namespace-controller')],
    [['-namespace', '*'], without('namespace-controller')],
    [['-namespace-controller'], []],
    [['*', 'namespace', '-namespace'], unasked],
    [['*', ...onDemand], controllerNames],
    [['bootstrapsigner', '*', 'tokencleaner'], controllerNames],
    [['tokencleaner'], ['token-cleaner-controller']],
    [['*', '-tokencleaner'], unasked],
  ])('%j', (list, names) => {
    expect(selectControllers(list).map(({ name }) => name)).toEqual(names)
  })

  test.each(['unknown', '-unknown', '', '**'])('refuses %j', (name) => {
    expect(() => selectControllers(['*', name])).toThrow(
      `"${name.replace(/^-/, '')}" is not in the list of known controllers`,
    )
  })
})

test('names are in order, and none has two meanings', () => {
  expect(controllerNames).toEqual(controllerNames.toSorted())
  const all = builtinControllers.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(new Set(all).size).toBe(all.length)
})
