import type { BuiltinController } from './builtin-controller.ts'
import { builtinControllers } from './builtin-controllers.ts'

/** The names that `--controllers` knows, without the older ones. */
export const controllerNames: readonly string[] = builtinControllers.map(({ name }) => name)

/**
 * The controllers that a list such as `*,-namespace-controller` asks for: `*` is all of them that run unasked, `name` one
 * more, `-name` one less, whatever their order; what a list says by name counts more than `*`. Older names count as the new
 * ones do. Throws for a name that nobody has.
 */
export function selectControllers(list: readonly string[]): readonly BuiltinController[] {
  for (const entry of list) {
    const name = entry.replace(/^-/, '')
    if (entry !== '*' && !builtinControllers.some((known) => namesOf(known).includes(name))) {
      throw new Error(`"${name}" is not in the list of known controllers`)
    }
  }
  return builtinControllers.filter((known) => {
    const names = namesOf(known)
    if (names.some((name) => list.includes(name))) return true
    return list.includes('*') && known.onDemand !== true && !names.some((name) => list.includes(`-${name}`))
  })
}

function namesOf({ name, aliases }: BuiltinController): readonly string[] {
  return [name, ...aliases]
}
