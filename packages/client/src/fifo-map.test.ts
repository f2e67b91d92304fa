import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FifoMap } from './fifo-map.ts'

type Step = readonly ['set' | 'delete', string] | readonly ['take'] | readonly ['clear']

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('set' as const), key) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('delete' as const), key) },
  { weight: 4, arbitrary: fc.constant<Step>(['take']) },
  { weight: 1, arbitrary: fc.constant<Step>(['clear']) },
)

test('gives entries in the order in which their keys were added', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const map = new FifoMap<string, number>()
      let model: [string, number][] = []
      for (const [index, [what, name]] of steps.entries()) {
        if (what === 'set') {
          map.set(name, index)
          const known = model.find(([other]) => other === name)
          if (known === undefined) model.push([name, index])
          else known[1] = index
        } else if (what === 'delete') {
          map.delete(name)
          model = model.filter(([other]) => other !== name)
        } else if (what === 'clear') {
          map.clear()
          model = []
        } else expect(map.take()).toEqual(model.shift())
      }
      expect([...map]).toEqual(model)
    }),
  )
})
