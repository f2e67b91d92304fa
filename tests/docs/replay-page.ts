import { readFile } from 'node:fs/promises'

/** A fenced block of a page: its language and its text. */
export interface Block {
  readonly language: string
  readonly text: string
}

/** A command of a `console` block, and what the page says it prints. */
export interface ConsoleCommand {
  readonly command: string
  readonly output: string
}

/** The fenced blocks of a Markdown page, in order. */
export async function readBlocks(page: URL): Promise<readonly Block[]> {
  const text = await readFile(page, 'utf8')
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }))
}

/** Commands stand behind `$ `, further lines of them behind `> `; everything else is output. */
export function consoleCommands(text: string): readonly ConsoleCommand[] {
  const commands: { command: string; output: string }[] = []
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1)
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), output: '' })
    else if (last === undefined) throw new Error(`no command stands before ${line}`)
    else if (line.startsWith('> ')) last.command += `\n${line.slice(2)}`
    else last.output += `${line}\n`
  }
  return commands
}

/** What is different each time, made the same: times, ages, ports, identifiers, bundles and the widths of columns. */
export function withoutVariation(output: string): string {
  return output
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/"?resourceVersion"?: "\d+"/g, 'REVISION')
    .replaceAll(/uid: \S+/g, 'UID')
    .replaceAll(/caBundle: \S+/g, 'BUNDLE')
    .replaceAll(/\b\d+m?s\b/g, 'SPAN')
    .replaceAll(/ +$/gm, '')
    .replaceAll(/(?<=\S) {2,}/g, '  ')
    .trimEnd()
}
