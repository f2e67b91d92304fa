import { Command, CommanderError } from 'commander'
import { apiServerCommand } from './commands/api-server.ts'
import { upCommand } from './commands/up.ts'

/** The command: parses arguments and runs. Errors of the user end with a line and exit code 1, not with a stack. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('fairlead')
    .description('The Kubernetes API as a library: a wire-true API server')
    .version('0.1.0', '--version')
    .showSuggestionAfterError()
    .addCommand(upCommand(), { isDefault: false })
    .addCommand(apiServerCommand())
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw error
    console.error(`fairlead: ${explain(error)}`)
    process.exit(1)
  }
}

/** What the user can do about it, where we know. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `${message}; choose another port with --secure-port, or 0 for any free one`
  if (code === 'EACCES') return `${message}; ports below 1024 and foreign folders need rights`
  return message ?? String(error)
}
