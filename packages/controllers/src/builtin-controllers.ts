import type { BuiltinController } from './builtin-controller.ts'
import { garbageCollector } from './garbage-collector/garbage-collector.ts'
import { namespaceController } from './namespace/namespace-controller.ts'

/** The built-in controllers, in the order of their names. */
export const builtinControllers: readonly BuiltinController[] = [
  {
    name: 'garbage-collector-controller',
    aliases: ['garbagecollector'],
    serviceAccount: 'generic-garbage-collector',
    create: () => [garbageCollector()],
  },
  {
    name: 'namespace-controller',
    aliases: ['namespace'],
    serviceAccount: 'namespace-controller',
    create: () => [namespaceController()],
  },
]
