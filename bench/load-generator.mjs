// The process that sends load, so that neither the server nor the bookkeeping shares its core. It gets jobs as messages
// and answers each with its result.
import { deletions } from './load/deletions.mjs'
import { readBodies } from './load/read-bodies.mjs'
import { readDocuments } from './load/read-documents.mjs'
import { requestRate } from './load/request-rate.mjs'
import { requireLoopback } from './load/target.mjs'
import { watchFanOut } from './load/watch-fan-out.mjs'

const jobs = { deletions, requestRate, readBodies, readDocuments, watchFanOut }

process.on('message', async ({ name, job }) => {
  try {
    requireLoopback(job.target.url)
    process.send({ result: await jobs[name](job) })
  } catch (error) {
    process.send({ error: String(error.message ?? error) })
  }
})
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole group; the parent decides when this process ends.
process.on('SIGINT', () => {})
