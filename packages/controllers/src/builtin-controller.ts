import type { Runnable } from '@fairlead/controller-runtime'

/**
 * What built-in controllers may need beside a client. What is absent is not to be had here, and a controller that cannot
 * do without it does not run.
 */
// Members come with the controllers that need them.
// oxlint-disable-next-line typescript/no-empty-object-type
export interface ControllerEnvironment {}

/** A built-in controller: under which name it is switched on and off, how it is made, and whose rights it needs. */
export interface BuiltinController {
  /** Upstream's name. */
  readonly name: string
  /** Upstream's older names, which `--controllers` takes too. */
  readonly aliases: readonly string[]
  /** In kube-system. */
  readonly serviceAccount: string
  /** What it runs; undefined when the environment lacks what it needs. */
  create(environment: ControllerEnvironment): readonly Runnable[] | undefined
}
