import { Command, CommanderError } from 'commander'
import { aggregationCommand } from './commands/aggregation.ts'
import { apiServerCommand } from './commands/api-server.ts'
import { controllersCommand } from './commands/controllers.ts'
import { createApiCommand } from './commands/create-api.ts'
import { upCommand } from './commands/up.ts'
import { fairleadVersion } from './version.ts'

/** The command: parses arguments and runs. Errors of the user end with a line and exit code 1, not with a stack. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('fairlead')
    .description('The Kubernetes API as a library: a wire-true API server')
    .version(fairleadVersion, '--version')
    .showSuggestionAfterError()
    // Behind create-api, --version is the version of the API.
    .enablePositionalOptions()
    .addCommand(createApiCommand())
  for (const command of [upCommand(), apiServerCommand(), controllersCommand(), aggregationCommand()]) {
    program.addCommand(command.version(fairleadVersion, '--version'))
  }
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw error
    console.error(`fairlead: ${explain(error)}`)
    process.exit(1)
  }
}

/** What went wrong and what the user can do about it, where we know. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, name, message } = error as NodeJS.ErrnoException
  const advice = adviceByCode[code ?? name]
  return advice === undefined ? message : `${message}; ${advice}`
}

/** By code of a system error, or by name of an error of ours. */
const adviceByCode: Readonly<Record<string, string>> = {
  EADDRINUSE: 'choose another port with --secure-port, or 0 for any free one',
  EADDRNOTAVAIL: 'choose an address of this machine with --bind-address',
  ENOTFOUND: 'choose an address of this machine with --bind-address',
  EACCES: 'choose a folder of your own with --data-dir, and a port from 1024 with --secure-port',
  EROFS: 'choose a folder that can be written with --data-dir',
  EEXIST: 'there is a file where a folder should be',
  ENOTDIR: 'there is a file where a folder should be',
  StorageLockedError: 'stop that one first, or choose another folder with --data-dir',
}
