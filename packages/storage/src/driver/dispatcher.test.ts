import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDispatcher } from './dispatcher.ts'

const anyPath = fc.array(fc.constantFrom('a', 'b', '/', 'ab'), { maxLength: 5 }).map((parts) => `/${parts.join('')}`)

test('each subscriber gets exactly the events of its prefix behind its revision, in one call', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ prefix: anyPath, after: fc.nat(6), leaves: fc.boolean() }), { maxLength: 10 }),
      fc.array(anyPath, { maxLength: 6 }),
      (subscriptions, keys) => {
        const dispatcher = createDispatcher<string>()
        const received = subscriptions.map(({ prefix, after, leaves }) => {
          const calls: (readonly string[])[] = []
          const failed = (error: Error): void => expect.unreachable(error.message)
          const end = dispatcher.subscribe(prefix, { after, deliver: (events) => calls.push(events), failed })
          return { calls, end, leaves }
        })
        for (const { end, leaves } of received) if (leaves) end()
        const batch = keys.map((key, index) => ({ key, revision: index + 1, event: `${index} ${key}` }))
        dispatcher.dispatch(batch)
        for (const [index, { prefix, after, leaves }] of subscriptions.entries()) {
          const share = batch.filter(({ key, revision }) => key.startsWith(prefix) && revision > after)
          const wanted = leaves || share.length === 0 ? [] : [share.map(({ event }) => event)]
          expect(received[index]?.calls).toEqual(wanted)
        }
      },
    ),
  )
})
