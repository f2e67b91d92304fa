// A process that reads many objects and holds them, so that its time and its memory can be measured: with an informer, or
// as the least that a program can do, which is to read the list once and parse it. Gets one job and answers it.
import { connect } from 'node:http2'
import { createInformer } from '@fairlead/client'
import { tlsOptions } from '../load/http2-connection.mjs'
import { requestHeaders } from '../load/target.mjs'
import { answerJob } from './answer-job.mjs'
import { connectToTarget } from './connect-to-target.mjs'

const holders = { informer: holdByInformer, raw: holdList }

answerJob(async ({ holder, ...job }) => {
  const before = heap()
  const processor = process.cpuUsage()
  const started = performance.now()
  const held = await holders[holder](job)
  const milliseconds = performance.now() - started
  const { user, system } = process.cpuUsage(processor)
  await held.close()
  const heapBytes = heap() - before
  const processorMs = (user + system) / 1000
  return { milliseconds, processorMs, objects: held.count(), heapBytes, listBytes: held.bytes }
})

/** Until the store is whole and a handler has heard of every object. */
async function holdByInformer({ target, namespace }) {
  const { client, close } = connectToTarget(target, namespace)
  const source = client.resource('v1', 'configmaps').namespace(namespace)
  const informer = createInformer({ source, times: client.times })
  let heard = 0
  const registration = informer.addHandler({ add: () => void (heard += 1) })
  const stopping = new AbortController()
  const running = informer.run(stopping.signal)
  await registration.synced()
  return {
    count: () => Math.min(heard, informer.store.size),
    async close() {
      stopping.abort()
      await running
      close()
    },
  }
}

async function holdList({ target, path }) {
  const session = connect(target.url, tlsOptions(target))
  const stream = session.request(requestHeaders(target, { method: 'GET', path }))
  let pieces = []
  for await (const piece of stream) pieces.push(piece)
  session.close()
  const text = Buffer.concat(pieces).toString('utf8')
  pieces = []
  const { items } = JSON.parse(text)
  return { bytes: Buffer.byteLength(text), count: () => items.length, close: () => undefined }
}

function heap() {
  // Weak callbacks and finalizers of a first collection free what the next one finds.
  for (let round = 0; round < 3; round++) globalThis.gc()
  return process.memoryUsage().heapUsed
}
