import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** Processor time of all threads of a process in milliseconds, with a step of 10; undefined where /proc is not. */
export function processorTime(pid) {
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The second field is the command in parentheses and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/** Resident memory of a process in MB (10^6 bytes). */
export function residentMemory(pid) {
  const status = readIfThere(`/proc/${pid}/status`)
  const kibibytes = status
    ? Number(/VmRSS:\s+(\d+)/.exec(status)[1])
    : Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
  return (kibibytes * 1024) / 1e6
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
