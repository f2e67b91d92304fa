import { runCommand } from '../tests/support/run-command.ts'

/** What `scripts/interop.mjs` has prepared, by name: a program and its arguments. What could not be prepared is missing. */
export const prepared = JSON.parse(process.env['FAIRLEAD_INTEROP'] ?? '{}') as Readonly<
  Record<string, readonly string[] | undefined>
>

export interface CheckResult {
  readonly check: string
  readonly error?: string
}

/** Runs the checks of a client; returns how one of them went, which has failed if the program did not get to it. */
export async function runChecks(
  command: readonly string[],
  ...args: readonly string[]
): Promise<(check: string) => CheckResult> {
  const [file = '', ...first] = command
  const { stdout, stderr } = await runCommand(file, [...first, ...args])
  const results = new Map<string, CheckResult>()
  for (const line of stdout.trim().split('\n').filter(Boolean)) {
    const result = JSON.parse(line) as CheckResult
    results.set(result.check, result)
  }
  return (check) => results.get(check) ?? { check, error: `not run: ${stderr}` }
}

/** What client-go checks of a sample-apiserver behind the server. */
export const extensionChecks = [
  'extension-discovery',
  'extension-mapper',
  'extension-objects',
  'extension-informer',
  'extension-wait',
  'extension-cluster-scope',
] as const
