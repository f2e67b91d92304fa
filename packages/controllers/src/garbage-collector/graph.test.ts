import type { OwnerReference } from '@fairlead/apimachinery'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGraph, type Graph } from './graph.ts'
import type { GraphNode, ObservedObject } from './graph-node.ts'
import type { ObjectReference } from './object-reference.ts'

/** A graph, and what it has asked for since it was last looked at. */
function recordedGraph() {
  let asked: string[] = []
  const graph = createGraph({
    attemptToDelete(nodes) {
      for (const { identity } of nodes) asked.push(`delete ${identity.uid}`)
    },
    attemptToDeleteLater: ({ identity }) => asked.push(`later ${identity.uid}`),
    attemptToOrphan: ({ identity }) => asked.push(`orphan ${identity.uid}`),
    foundAbsent: ({ uid }) => asked.push(`absent ${uid}`),
    foundInvalidNamespace: ({ identity }, { uid }) => asked.push(`namespace ${identity.uid} ${uid}`),
  })
  const take = (): string[] => {
    const taken = asked
    asked = []
    return taken
  }
  return { graph, take }
}

const at = (uid: string, parts: Partial<ObjectReference> = {}): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'Thing',
  namespace: 'ns',
  name: uid,
  uid,
  ...parts,
})
const by = (uid: string, parts: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Thing',
  name: uid,
  uid,
  ...parts,
})
const object = (uid: string, owners: OwnerReference[] = [], parts: Partial<ObservedObject> = {}): ObservedObject => ({
  identity: at(uid),
  owners,
  isBeingDeleted: parts.deletesDependents === true || parts.orphansDependents === true,
  deletesDependents: false,
  orphansDependents: false,
  ...parts,
})
const blocking = { blockOwnerDeletion: true }

describe('what a change asks for', () => {
  type Step = (graph: Graph) => void
  const observe =
    (...parameters: Parameters<typeof object>): Step =>
    (graph) =>
      graph.observe(object(...parameters))
  const remove =
    (uid: string): Step =>
    (graph) =>
      graph.remove(at(uid))
  const notFound =
    (uid: string, parts: Partial<ObjectReference> = {}): Step =>
    (graph) =>
      graph.notFound(at(uid, parts))
  const foreground = { deletesDependents: true }

  test.each<[what: string, before: readonly Step[], step: Step, asked: readonly string[]]>([
    ['an object without owners', [], observe('a'), []],
    ['an owner that is there', [observe('a')], observe('b', [by('a')]), []],
    ['an owner that is not known is looked for', [], observe('b', [by('a')]), ['delete a']],
    ['once for all', [observe('b', [by('a')])], observe('c', [by('a')]), []],
    ['and then observed', [observe('b', [by('a')])], observe('a'), []],
    ['the same again', [observe('a'), observe('b', [by('a')])], observe('b', [by('a')]), []],
    ['an owner goes', [observe('a'), observe('b', [by('a')])], remove('a'), ['absent a', 'delete b']],
    ['an owner is not found', [observe('b', [by('a')])], notFound('a'), ['absent a', 'delete b']],
    ['its end is told afterwards', [observe('b', [by('a')]), notFound('a')], remove('a'), []],
    ['a late dependent', [observe('b', [by('a')]), notFound('a')], observe('c', [by('a')]), ['delete c']],
    [
      'a late dependent that looks elsewhere',
      [observe('b', [by('a')]), notFound('a')],
      observe('c', [by('a', { name: 'x' })]),
      ['delete a', 'delete c'],
    ],
    ['another name', [observe('a')], observe('b', [by('a', { name: 'x' })]), ['delete b']],
    ['another name, before the owner', [observe('b', [by('a', { name: 'x' })])], observe('a'), ['delete b']],
    [
      'another namespace',
      [observe('a')],
      observe('b', [by('a')], { identity: at('b', { namespace: 'other' }) }),
      ['namespace b a', 'delete b'],
    ],
    [
      'another namespace, before the owner',
      [observe('b', [by('a')], { identity: at('b', { namespace: 'other' }) })],
      observe('a'),
      ['namespace b a', 'delete b'],
    ],
    [
      'an owner outside of namespaces',
      [observe('a', [], { identity: at('a', { namespace: '' }) })],
      observe('b', [by('a')]),
      [],
    ],
    [
      'a name that nothing has, when others have another one',
      [observe('b', [by('a')]), observe('c', [by('a', { name: 'x' })])],
      notFound('a'),
      ['absent a', 'delete b', 'later a'],
    ],
    [
      'a name that nothing has, when the owner was seen under another',
      [observe('a'), observe('b', [by('a', { name: 'x' })])],
      notFound('a', { name: 'x' }),
      ['absent a', 'delete b'],
    ],
    ['foreground', [observe('a'), observe('b', [by('a')])], observe('a', [], foreground), ['delete b', 'delete a']],
    ['foreground, again', [observe('a', [], foreground)], observe('a', [], foreground), []],
    ['orphan', [observe('a'), observe('b', [by('a')])], observe('a', [], { orphansDependents: true }), ['orphan a']],
    ['orphan, first seen so', [], observe('a', [], { orphansDependents: true }), ['orphan a']],
    [
      'a late dependent of one that orphans',
      [observe('a', [], { orphansDependents: true })],
      observe('b', [by('a')]),
      ['orphan a'],
    ],
    ['a late dependent in the foreground', [observe('a', [], foreground)], observe('b', [by('a')]), ['delete b']],
    [
      'the last that held an owner up goes',
      [observe('a'), observe('b', [by('a', blocking)]), observe('c', [by('a')]), observe('a', [], foreground)],
      remove('b'),
      ['delete a'],
    ],
    [
      'one of two that hold an owner up goes',
      [
        observe('a'),
        observe('b', [by('a', blocking)]),
        observe('c', [by('a', blocking)]),
        observe('a', [], foreground),
      ],
      remove('b'),
      [],
    ],
    [
      'the last no longer holds an owner up',
      [observe('a'), observe('b', [by('a', blocking)]), observe('a', [], foreground)],
      observe('b', [by('a')]),
      ['delete a'],
    ],
    [
      'the last lets go of an owner',
      [observe('a'), observe('b', [by('a', blocking)]), observe('a', [], foreground)],
      observe('b'),
      ['delete a'],
    ],
    ['an object does not wait for itself', [], observe('a', [by('a', blocking)], foreground), ['delete a', 'delete a']],
  ])('%s', (_what, before, step, asked) => {
    const { graph, take } = recordedGraph()
    for (const earlier of before) earlier(graph)
    take()
    step(graph)
    expect(take()).toEqual(asked)
  })
})

describe('after any changes', () => {
  const uids = ['a', 'b', 'c', 'd', 'e']
  const uid = fc.constantFrom(...uids)
  const reference = fc
    .record({ uid, name: fc.constantFrom('same', 'x'), blockOwnerDeletion: fc.boolean() })
    .map(({ uid: of, name, ...rest }) => by(of, { ...rest, ...(name === 'same' ? {} : { name }) }))
  const owners = fc.array(reference, { maxLength: 3 })
  const deletion = fc.constantFrom({}, {}, { deletesDependents: true }, { orphansDependents: true })
  const namespace = fc.constantFrom('ns', 'ns', 'ns', 'other', '')
  const change = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('observe' as const), uid, owners, deletion, namespace }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('remove' as const), uid }) },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('notFound' as const), uid, name: fc.constantFrom('same', 'x') }),
    },
  )
  type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

  /** Applies changes to a graph, and keeps the objects that there are then. */
  function apply(
    changes: readonly Change[],
    each: (state: ReadonlyMap<string, ObservedObject>, step: number) => void,
    graph: Graph,
  ) {
    const state = new Map<string, ObservedObject>()
    for (const [step, made] of changes.entries()) {
      if (made.type === 'observe') {
        // Objects do not move.
        const identity = state.get(made.uid)?.identity ?? at(made.uid, { namespace: made.namespace })
        const observed = object(made.uid, made.owners, { ...made.deletion, identity })
        state.set(made.uid, observed)
        graph.observe(observed)
      } else if (made.type === 'remove') {
        const known = state.get(made.uid)
        state.delete(made.uid)
        if (known !== undefined) graph.remove(known.identity)
      } else {
        // The server says this of what is there only for coordinates that are wrong.
        const identity = graph.get(made.uid)?.identity ?? at(made.uid)
        const asked = made.name === 'same' ? identity : { ...identity, name: made.name }
        if (!(state.has(made.uid) && made.name === 'same')) graph.notFound(asked)
      }
      each(state, step)
    }
    return state
  }

  function pictured(graph: Graph): unknown {
    const names = (nodes: Iterable<GraphNode>) => [...nodes].map(({ identity }) => identity.uid).sort()
    return [...graph.nodes()]
      .map((node) => ({
        uid: node.identity.uid,
        dependents: names(node.dependents),
        blockingDependents: node.blockingDependents,
        ...(node.state === 'observed' ? { ...node, state: 'observed', dependents: names(node.dependents) } : {}),
      }))
      .sort((a, b) => (a.uid < b.uid ? -1 : 1))
  }

  test('the graph is the one that the objects make', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const { graph } = recordedGraph()
        const state = apply(changes, () => undefined, graph)
        const anew = recordedGraph().graph
        for (const observed of state.values()) anew.observe(observed)
        expect(pictured(graph)).toEqual(pictured(anew))
      }),
      { numRuns: 1000 },
    )
  })

  test('no dependent of what is gone is forgotten', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const { graph, take } = recordedGraph()
        /** Since when an object has named an owner that is not there. */
        const since = new Map<string, number>()
        const lookedAt = new Map<string, number>()
        apply(
          changes,
          (state, step) => {
            for (const asked of take()) lookedAt.set(asked.replace(/^(?:delete|later) /, ''), step)
            const lacking = new Set(
              [...state.values()].flatMap(({ identity, owners: named }) =>
                named.filter((owner) => !state.has(owner.uid)).map((owner) => `${identity.uid} ${owner.uid}`),
              ),
            )
            for (const pair of since.keys()) if (!lacking.has(pair)) since.delete(pair)
            for (const pair of lacking) if (!since.has(pair)) since.set(pair, step)
          },
          graph,
        )
        for (const [pair, from] of since) {
          const [dependent = '', owner = ''] = pair.split(' ')
          const isSoughtFor = graph.get(owner)?.state === 'virtual' && lookedAt.has(owner)
          const isLookedAt = (lookedAt.get(dependent) ?? -1) >= from
          expect(isSoughtFor || isLookedAt, `${dependent}, which names ${owner}`).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
