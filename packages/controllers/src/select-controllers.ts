import type { Controller } from '@fairlead/controller-runtime'
import { namespaceController } from './namespace/namespace-controller.ts'

/** A built-in controller: how it is made, and the ServiceAccount whose rights it needs. */
export interface BuiltinController {
  readonly name: string
  /** In kube-system. */
  readonly serviceAccount: string
  create(): Controller
}

const builtin: readonly BuiltinController[] = [
  { name: 'namespace-controller', serviceAccount: 'namespace-controller', create: namespaceController },
]

/** The names that `--controllers` knows. */
export const controllerNames: readonly string[] = builtin.map(({ name }) => name)

/**
 * The controllers that a list such as `*,-namespace-controller` asks for: `*` is all of them, `name` one more, `-name` one
 * less, whatever their order. Throws for a name that nobody has.
 */
export function selectControllers(list: readonly string[]): readonly BuiltinController[] {
  for (const entry of list) {
    const name = entry.replace(/^-/, '')
    if (entry !== '*' && !controllerNames.includes(name)) {
      throw new Error(`"${name}" is not in the list of known controllers`)
    }
  }
  return builtin.filter(({ name }) => {
    if (list.includes(name)) return true
    return list.includes('*') && !list.includes(`-${name}`)
  })
}
