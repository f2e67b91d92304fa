import { parseDuration } from '@fairlead/apimachinery'
import { InvalidArgumentError, Option } from 'commander'

/** A whole number within limits. */
export function integer(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^-?\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`)
    }
    return value
  }
}

export function number(text: string): number {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new InvalidArgumentError('Expected a number.')
  return Number(text)
}

/** Milliseconds. */
export function duration(text: string): number {
  try {
    return parseDuration(text)
  } catch (cause) {
    throw new InvalidArgumentError(`Expected a duration such as 30s, 5m or 1h30m (${(cause as Error).message}).`)
  }
}

export function boolean(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new InvalidArgumentError('Expected true or false.')
}

/** Items separated by commas; the flag may be given again. */
export function list(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(',').filter(Boolean)]
}

export function option<Value>(
  flags: string,
  description: string,
  parse?: (text: string, before: Value | undefined) => Value,
): Option {
  return parse === undefined ? new Option(flags, description) : new Option(flags, description).argParser(parse)
}

/** A flag that is true when it stands alone. */
export function switchOption(name: string, description: string): Option {
  return option(`--${name} [bool]`, description, boolean).preset('true')
}

/** One value each time that the flag is given. */
export function repeated(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text]
}
