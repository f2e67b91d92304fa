import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

/** Appends a run to the list of runs in a JSON file, which is made when it is not there. */
export function appendRun(path, run) {
  const runs = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
  writeFileSync(path, `${JSON.stringify([...runs, run], null, 2)}\n`)
}

/** What figures depend on; not which machine it is. */
export function describeMachine() {
  return {
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim(),
    memoryGigabytes: Math.round(totalmem() / 1e9),
  }
}
