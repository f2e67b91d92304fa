import { requireLoopback } from '../load/target.mjs'

/** Makes this process one that gets a job as a message and answers with its result. */
export function answerJob(work) {
  process.on('message', async (job) => {
    try {
      requireLoopback(job.target.url)
      process.send({ result: await work(job) })
    } catch (error) {
      process.send({ error: String(error.message ?? error) })
    }
  })
  process.on('disconnect', () => process.exit())
  // Ctrl-C reaches the whole group; the parent decides when this process ends.
  process.on('SIGINT', () => {})
}
