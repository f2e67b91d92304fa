import type { KubeObject, OwnerReference } from '@fairlead/apimachinery'
import { type Client, createInformers } from '@fairlead/client'
import { connectToCluster } from '@fairlead/client/node'
import { controllerReference } from '@fairlead/controller-runtime'
import { expect, test } from 'vitest'
import { type ControllersProcess, startControllersProcess } from '../support/controllers-process.ts'
import { startServerProcess } from '../support/server-process.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const doomed = Array.from({ length: 50 }, (_, index) => `doomed-${index}`)
const kept = Array.from({ length: 6 }, (_, index) => `kept-${index}`)
const controllers = [
  '--controllers=namespace-controller,garbage-collector-controller',
  '--leader-elect=false',
  '--secure-port=0',
]

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Makes ConfigMaps that own each other. */
function forester(client: Client) {
  const make = (namespace: string, name: string, owners: readonly OwnerReference[] = []) =>
    client
      .resource('v1', 'configmaps')
      .namespace(namespace)
      .create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ownerReferences: [...owners] } })

  /** A root with two children of two children each. */
  async function tree(namespace: string, name: string): Promise<KubeObject> {
    const root = await make(namespace, name)
    const grow = async (parent: KubeObject, depth: number): Promise<void> => {
      if (depth === 0) return
      const names = ['a', 'b'].map((letter) => `${parent.metadata.name}-${letter}`)
      const children = names.map((child) => make(namespace, child, [controllerReference(parent)]))
      for (const child of await Promise.all(children)) await grow(child, depth - 1)
    }
    await grow(root, 2)
    return root
  }
  return { make, tree }
}

const treeNames = (root: string) => [root, ...['a', 'b', 'a-a', 'a-b', 'b-a', 'b-b'].map((rest) => `${root}-${rest}`)]

/** Keeps count of what is deleted, from now on. */
async function countDeletions(client: Client, signal: AbortSignal) {
  const seen: string[] = []
  let wake = (): void => {}
  const note = ({ metadata }: KubeObject): void => {
    seen.push([metadata.namespace, metadata.name].filter(Boolean).join('/'))
    wake()
  }
  const informers = createInformers({ client })
  for (const resource of ['namespaces', 'configmaps']) informers.informer('v1', resource).addHandler({ delete: note })
  void informers.run(signal)
  await informers.synced(signal)
  return {
    seen,
    async reached(count: number): Promise<void> {
      while (seen.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

test.each([1, 20_261_125])(
  'controllers that are killed again and again converge, seed %i',
  async (seed) => {
    const random = seededRandom(seed)
    const folder = await temporaryFolder()
    const server = await startServerProcess(folder.path, ['--controllers='])
    const { client, close } = await connectToCluster({ path: server.kubeconfig })
    const stopping = new AbortController()
    let running: ControllersProcess | undefined
    try {
      const { make, tree } = forester(client)
      const namespaces = client.resource('v1', 'namespaces')
      const inNamespace = (name: string) => client.resource('v1', 'configmaps').namespace(name)
      for (const name of [...doomed, ...kept]) {
        await namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      }
      await Promise.all(doomed.map((name) => tree(name, 'tree')))
      const planted = kept.map(async (name) => {
        const [living] = await Promise.all(
          ['living', 'background', 'foreground', 'orphan'].map((root) => tree(name, root)),
        )
        const gone = await inNamespace(name).get('background')
        const nobody = { ...controllerReference(gone), name: 'nobody', uid: '00000000-0000-4000-8000-000000000000' }
        const other = { ...controllerReference(gone), controller: false, blockOwnerDeletion: false }
        if (living !== undefined) await make(name, 'of-two', [controllerReference(living), other])
        await make(name, 'of-nobody', [nobody])
      })
      await Promise.all(planted)
      const before = new Map<string, string | undefined>()
      for (const { metadata } of (await client.resource('v1', 'configmaps').list()).items) {
        before.set(`${metadata.namespace}/${metadata.name}`, metadata.uid)
      }
      const staying = kept.flatMap((namespace) =>
        ['of-two', ...treeNames('living'), ...treeNames('orphan').slice(1)].map((name) => `${namespace}/${name}`),
      )
      const going = [
        ...doomed,
        ...doomed.flatMap((namespace) => treeNames('tree').map((name) => `${namespace}/${name}`)),
        ...kept.flatMap((namespace) =>
          ['orphan', 'of-nobody', ...treeNames('background'), ...treeNames('foreground')].map(
            (name) => `${namespace}/${name}`,
          ),
        ),
      ]
      const deletions = await countDeletions(client, stopping.signal)
      for (const name of doomed) await namespaces.delete(name)
      for (const name of kept) {
        for (const [root, propagationPolicy] of [
          ['background', 'Background'],
          ['foreground', 'Foreground'],
          ['orphan', 'Orphan'],
        ] as const) {
          await inNamespace(name).delete(root, { propagationPolicy })
        }
      }

      let kills = 0
      while (deletions.seen.length < going.length) {
        running = startControllersProcess(server.kubeconfig, controllers)
        // Sometimes before it has begun.
        const next = deletions.seen.length + Math.floor(random() * (going.length / 5))
        await Promise.race([deletions.reached(Math.min(next, going.length)), running.ended])
        expect(await running.end('SIGKILL')).toBe('SIGKILL')
        kills += 1
      }
      expect(kills).toBeGreaterThan(3)
      // What is left to do after the last deletion: references to an owner that let its dependents go.
      running = startControllersProcess(server.kubeconfig, controllers)
      await expect
        .poll(async () => {
          const { items } = await client
            .resource('v1', 'configmaps')
            .list({ fieldSelector: 'metadata.namespace!=kube-system' })
          const references = items.flatMap(({ metadata }) => metadata.ownerReferences ?? [])
          return references.map(({ name }) => name).filter((name) => ['orphan', 'background'].includes(name))
        })
        .toEqual([])

      expect(deletions.seen.toSorted()).toEqual(going.toSorted())
      const after = new Map(
        (await client.resource('v1', 'configmaps').list()).items.map(({ metadata }) => [
          `${metadata.namespace}/${metadata.name}`,
          metadata.uid,
        ]),
      )
      for (const name of going) before.delete(name)
      expect(after).toEqual(before)
      expect([...after.keys()]).toEqual(expect.arrayContaining(staying))
      const names = (await namespaces.list()).items.map(({ metadata }) => metadata.name)
      expect(names).toEqual(['default', ...kept, 'kube-node-lease', 'kube-public', 'kube-system'].toSorted())
    } finally {
      await running?.end('SIGKILL')
      stopping.abort()
      close()
      await server.end('SIGKILL')
      await folder.remove()
    }
  },
  180_000,
)
