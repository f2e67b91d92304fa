import type { BuiltinController } from './builtin-controller.ts'
import { namespaceController } from './namespace/namespace-controller.ts'

/** The built-in controllers, in the order of their names. */
export const builtinControllers: readonly BuiltinController[] = [
  {
    name: 'namespace-controller',
    aliases: ['namespace'],
    serviceAccount: 'namespace-controller',
    create: () => [namespaceController()],
  },
]
