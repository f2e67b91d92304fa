import { describe, expect, test } from 'vitest'
import { controllerNames, selectControllers } from './select-controllers.ts'

const without = (name: string) => controllerNames.filter((known) => known !== name)

describe('a list of controllers', () => {
  test.each<[string[], readonly string[]]>([
    [[], []],
    [['*'], controllerNames],
    [['namespace-controller'], ['namespace-controller']],
    [['namespace'], ['namespace-controller']],
    [['*', '-namespace-controller'], without('namespace-controller')],
    [['-namespace', '*'], without('namespace-controller')],
    [['-namespace-controller'], []],
    [['*', 'namespace', '-namespace'], controllerNames],
  ])('%j', (list, names) => {
    expect(selectControllers(list).map(({ name }) => name)).toEqual(names)
  })

  test.each(['unknown', '-unknown', '', '**'])('refuses %j', (name) => {
    expect(() => selectControllers(['*', name])).toThrow(
      `"${name.replace(/^-/, '')}" is not in the list of known controllers`,
    )
  })
})
