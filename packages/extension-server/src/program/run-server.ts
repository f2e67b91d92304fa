import type { RunningServer, ServeOptions } from '../server/serve.ts'
import { type Flags, type FlagValues, flagsHelp, readFlags } from './read-flags.ts'
import { serveFlags, serveOptions } from './serve-flags.ts'
import { watchSources } from './watch-sources.ts'

/** A program that serves kinds. */
export interface ServerProgram {
  readonly name: string
  /** Flags of its own, beside those of every server. One of the same name stands in place of it. */
  readonly flags?: Flags
  /** Starts with what the command line says. Whatever is thrown is told in one line, and the program ends with status 1. */
  start(options: Omit<ServeOptions, 'kinds'>, flags: FlagValues): Promise<Pick<RunningServer, 'stop'>>
}

const watchFlag: Flags = {
  watch: { value: 'FOLDER', description: 'Start anew when a file below the folder changes; for development.' },
}

/**
 * Runs a program: reads its command line, starts, and stops in order at SIGINT or SIGTERM; a second signal ends it at once.
 * Resolves when it has started, or has said why it cannot.
 */
export async function runServer(
  { name, flags: own = {}, start }: ServerProgram,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const known = { ...serveFlags, ...watchFlag, ...own }
  if (args.includes('--help') || args.includes('-h')) {
    console.log(`usage: ${name} [FLAG ...]\n\n${flagsHelp(known)}`)
    return
  }
  try {
    const flags = readFlags(args, known)
    const folder = flags.text('watch')
    if (folder !== undefined) {
      const [, script = ''] = process.argv
      const command = [process.execPath, ...process.execArgv, script, ...withoutFlag(args, 'watch')]
      process.exit(await watchSources(folder, command, name))
    }
    const starting = start(serveOptions(flags), flags)
    stopOnSignals(name, starting)
    await starting
  } catch (error) {
    fail(name, error)
  }
}

/** A command line without a flag that has a value. */
function withoutFlag(args: readonly string[], name: string): readonly string[] {
  return args.filter(
    (arg, index) => arg !== `--${name}` && !arg.startsWith(`--${name}=`) && args[index - 1] !== `--${name}`,
  )
}

function stopOnSignals(name: string, starting: Promise<Pick<RunningServer, 'stop'>>): void {
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      starting.then(
        (server) =>
          server.stop().then(
            () => process.exit(0),
            (error: unknown) => fail(name, error),
          ),
        () => undefined, // Told by whoever waits for the start.
      )
    })
  }
}

function fail(name: string, error: unknown): void {
  console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
