import type { Command, Option } from 'commander'
import { expect, test } from 'vitest'
import { apiServerCommand } from './api-server.ts'
import { controllersCommand } from './controllers.ts'
import { upCommand } from './up.ts'

const head = `# Flags

What \`fairlead up\`, \`fairlead apiserver\` and \`fairlead controllers\` take. A flag that kube-apiserver or
kube-controller-manager has too keeps its name, its unit and its meaning. An unknown flag is an error that names the nearest
known one.

These tables are compared with the program by a test; \`npm test -- commands/flags -u\` writes them anew.

## fairlead up, fairlead apiserver

| flag | default | meaning | of |
| --- | --- | --- | --- |
`

const controllersHead = `
## fairlead controllers

| flag | default | meaning |
| --- | --- | --- |
`

/** A row for each flag; where there are several commands, those of one alone say so. */
function table(commands: readonly Command[]): string {
  const flags = new Map<string, { readonly option: Option; readonly of: string[] }>()
  for (const command of commands) {
    for (const option of command.options) {
      const entry = flags.get(option.flags) ?? { option, of: [] }
      entry.of.push(command.name())
      flags.set(option.flags, entry)
    }
  }
  const rows = [...flags.values()].toSorted((a, b) => (a.option.flags < b.option.flags ? -1 : 1))
  const whose = (of: readonly string[]): string => (of.length === commands.length ? 'both' : of.join(', '))
  return rows.map(({ option, of }) => row(option, commands.length > 1 ? [whose(of)] : [])).join('')
}

function row(option: Option, of: readonly string[]): string {
  const shown = option.defaultValueDescription ?? option.defaultValue
  const isSet = shown !== undefined && !(Array.isArray(shown) && shown.length === 0)
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`
  const cells = [`\`${option.flags}\``, isSet ? `\`${shown}\`` : '', `${option.description}${choices}`, ...of]
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`
}

test('docs/flags.md says what the program takes', async () => {
  const text = head + table([upCommand(), apiServerCommand()]) + controllersHead + table([controllersCommand()])
  await expect(text).toMatchFileSnapshot('../../../../docs/flags.md')
})

test.each([
  ['--audit-log-paths', "error: unknown option '--audit-log-paths'\n(Did you mean --audit-log-path?)\n"],
  ['--insecure-prt', "error: unknown option '--insecure-prt'\n(Did you mean --insecure-port?)\n"],
  ['--authorization-moed', "error: unknown option '--authorization-moed'\n(Did you mean --authorization-mode?)\n"],
])('%s is an error that names the nearest flag', (flag, text) => {
  for (const command of [upCommand(), apiServerCommand()]) {
    let written = ''
    command.exitOverride().configureOutput({
      writeErr: (line) => {
        written += line
      },
    })
    expect(() => command.parse([flag, 'x'], { from: 'user' })).toThrow()
    expect(written).toBe(text)
  }
})
