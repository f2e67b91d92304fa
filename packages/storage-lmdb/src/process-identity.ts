import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Tells one process of a machine from every other, also when its number is used again. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, as the system tells it; empty where the system does not. */
  readonly started: string
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startTime(process.pid) ?? '' }
}

/**
 * Whether that very process runs. A killed process that nobody has waited for does not run. Where the system tells no
 * start times, any process with the same number counts.
 */
export function isRunning(identity: ProcessIdentity): boolean {
  if (!exists(identity.pid)) return false
  const started = startTime(identity.pid)
  if (started === undefined) return false
  return started === '' || identity.started === '' || started === identity.started
}

function exists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Undefined when the process is gone, empty when the system does not tell. */
function startTime(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStartTime(pid)
  if (process.platform === 'win32') return ''
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/** The boot and the ticks since it: the start time alone would repeat after a restart of the machine. */
function linuxStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses, and may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    if (state === 'Z' || state === 'X') return undefined
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${fields[19]}`
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : ''
  }
}
