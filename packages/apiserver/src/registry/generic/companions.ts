import type { KubeObject } from '@fairlead/apimachinery'
import type { Expectation, Write } from '@fairlead/storage'

/**
 * Keys that an object holds besides its own, such as the addresses of a Service. They are written and removed in the
 * transaction that writes or removes the object: no two objects hold the same one, and none is left behind.
 */
export interface Companions {
  /**
   * Gives a new or changed object what it has to hold, in place, before its strategy sees it. Throws a StatusError when it
   * asks for what it cannot have. Repeated when somebody else was faster.
   */
  assign(next: KubeObject, previous: KubeObject | undefined): Promise<void>
  /** What a transaction does besides turning `previous` into `next`; undefined means that there is no such object. */
  changes(previous: KubeObject | undefined, next: KubeObject | undefined): Promise<CompanionChanges>
}

export interface CompanionChanges {
  readonly expect: readonly Expectation[]
  readonly writes: readonly Write[]
}
