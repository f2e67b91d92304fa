import { parseDuration } from '@fairlead/apimachinery'

/** A flag of a program. */
export interface Flag {
  /** Stands for its value in the help; absent for one that is true when it stands alone. */
  readonly value?: string
  readonly description: string
  /** What counts when it is not given. */
  readonly default?: string
}

/** The flags of a program by name. */
export type Flags = Readonly<Record<string, Flag>>

/** What a command line says of flags. Each method gives undefined for a flag that is absent and has no default. */
export interface FlagValues {
  text(name: string): string | undefined
  /** Items that commas separate, of every time that the flag is given. Throws for one that is empty. */
  list(name: string): readonly string[] | undefined
  boolean(name: string): boolean | undefined
  /** Milliseconds. */
  duration(name: string): number | undefined
  integer(name: string, limits: { readonly minimum: number; readonly maximum: number }): number | undefined
}

/** Reads `--name value`, `--name=value` and, for switches, `--name`. Throws for what no flag stands for. */
export function readFlags(args: readonly string[], flags: Flags): FlagValues {
  const given = new Map<string, string[]>()
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? ''
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (name === undefined) throw new Error(`unexpected argument ${JSON.stringify(arg)}`)
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
    if (flag === undefined) throw new Error(`unknown flag: --${name}`)
    let value = inline ?? (flag.value === undefined ? 'true' : undefined)
    if (value === undefined) {
      index += 1
      value = args[index]
      if (value === undefined) throw new Error(`flag needs an argument: --${name}`)
    }
    given.set(name, [...(given.get(name) ?? []), value])
  }
  const text = (name: string): string | undefined => given.get(name)?.at(-1) ?? flags[name]?.default
  const refuse = (name: string, expected: string): never => {
    throw new Error(`--${name} ${JSON.stringify(text(name) ?? '')}: expected ${expected}`)
  }
  return {
    text,
    list(name) {
      const items = given.get(name)?.flatMap((value) => value.split(',')) ?? flags[name]?.default?.split(',')
      if (items?.some((item) => item.trim() === '')) throw new Error(`empty value in "${name}"`)
      return items
    },
    boolean(name) {
      const value = text(name)
      if (value !== undefined && value !== 'true' && value !== 'false') refuse(name, 'true or false')
      return value === undefined ? undefined : value === 'true'
    },
    duration(name) {
      const value = text(name)
      if (value === undefined) return undefined
      try {
        return parseDuration(value)
      } catch {
        return refuse(name, 'a duration such as 30s, 5m or 1h30m')
      }
    },
    integer(name, { minimum, maximum }) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (!/^\d+$/.test(value) || number < minimum || number > maximum) {
        refuse(name, `a whole number from ${minimum} to ${maximum}`)
      }
      return number
    },
  }
}

/** The help text of flags, a line or two each. */
export function flagsHelp(flags: Flags): string {
  return Object.entries(flags)
    .map(([name, flag]) => {
      const usage = flag.value === undefined ? `--${name}` : `--${name} ${flag.value}`
      const fallback = flag.default === undefined ? '' : ` (${flag.default} unless told)`
      return `  ${usage}\n      ${flag.description}${fallback}\n`
    })
    .join('')
}
