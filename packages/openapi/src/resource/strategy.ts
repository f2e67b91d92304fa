import type { Clock, FieldError, KubeObject } from '@fairlead/apimachinery'

/** What a strategy may know of the request. */
export interface StrategyContext {
  readonly clock: Clock
  readonly namespace: string
  readonly user: {
    readonly name: string
    readonly uid?: string
    readonly groups: readonly string[]
    readonly extra?: Readonly<Record<string, readonly string[]>>
  }
}

/**
 * What a resource may customise. All hooks see objects in the stored version. The generic registry owns the order:
 * create: prepareForCreate, validateCreate, metadata validation, warningsOnCreate;
 * update: prepareForUpdate, validateUpdate, metadata validation, warningsOnUpdate.
 * Only hooks named `prepare…` may change an object, and only the first one given.
 */
export interface ResourceStrategy {
  /** PUT to a name that does not exist creates. */
  readonly createOnUpdate: boolean
  /** PUT without resourceVersion is allowed. */
  readonly unconditionalUpdate: boolean
  /** DELETE answers with the object instead of a Status. */
  readonly returnsDeletedObject: boolean
  /** What deletion does with dependents when nobody says. */
  readonly garbageCollection: 'Background' | 'Orphan' | 'Unsupported'
  /** Problems with a name (the texts after `Invalid value: "x": `); `prefix` is set for a generateName. */
  validateName(name: string, options: { readonly prefix: boolean }): readonly string[]
  prepareForCreate(object: KubeObject, context: StrategyContext): void
  validateCreate(object: KubeObject, context: StrategyContext): readonly FieldError[]
  warningsOnCreate?(object: KubeObject, context: StrategyContext): readonly string[]
  /** `next` starts with what the client sent; `previous` is the stored object. */
  prepareForUpdate(next: KubeObject, previous: KubeObject, context: StrategyContext): void
  validateUpdate(next: KubeObject, previous: KubeObject, context: StrategyContext): readonly FieldError[]
  warningsOnUpdate?(next: KubeObject, previous: KubeObject, context: StrategyContext): readonly string[]
  /**
   * Present for kinds that delete gracefully. The period in seconds that this deletion takes; 0 deletes at once.
   * `requested` is DeleteOptions.gracePeriodSeconds.
   */
  gracePeriod?(object: KubeObject, requested: number | undefined): number
  /** What to tell a client that deletes with these options: some kinds keep their dependents unless told. */
  warningsOnDelete?(options: {
    readonly propagationPolicy?: string
    readonly orphanDependents?: boolean
  }): readonly string[]
  /** May change the object that stays behind while its deletion is pending (a namespace becomes Terminating). */
  prepareForDelete?(object: KubeObject, context: StrategyContext): void
  /** Finalizers outside metadata that also keep the object (Namespace spec.finalizers). */
  extraFinalizers?(object: KubeObject): readonly string[]
  /** Values for field selectors beyond metadata.name and metadata.namespace, by storage label. */
  selectableFields(object: KubeObject): Readonly<Record<string, string>>
}
