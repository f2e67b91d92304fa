import { readFile } from 'node:fs/promises'

/** The text of a file that a flag names. An error names the flag. */
export async function readFlagFile(flag: `--${string}`, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Error(`${flag}: ${(cause as Error).message}`, { cause })
  }
}
