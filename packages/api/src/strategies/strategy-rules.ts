import type { FieldError, KubeObject } from '@fairlead/apimachinery'
import type { ResourceStrategy, StrategyContext } from '@fairlead/openapi'

/** What a kind adds to the common strategy. Hooks see objects in stored form. */
export interface KindRules {
  validateName?: ResourceStrategy['validateName']
  /** After status and generation are set. */
  prepareForCreate?(object: KubeObject, context: StrategyContext): void
  /** After status is restored, before the generation is compared. */
  prepareForUpdate?(next: KubeObject, previous: KubeObject, context: StrategyContext): void
  validateCreate?(object: KubeObject, context: StrategyContext): readonly FieldError[]
  validateUpdate?(next: KubeObject, previous: KubeObject, context: StrategyContext): readonly FieldError[]
  /** Create keeps the status that was sent. */
  readonly keepsStatusOnCreate?: boolean
  /** Metadata that the status endpoint does not change; `all` leaves only managed fields to it. */
  readonly statusKeepsMetadata?: readonly string[] | 'all'
  validateStatusUpdate?(next: KubeObject, previous: KubeObject, context: StrategyContext): readonly FieldError[]
  /** After everything but status is restored. */
  prepareForStatusUpdate?(next: KubeObject, previous: KubeObject, context: StrategyContext): void
  /** Strategies of subresources that write the same kind: finalize, approval, ephemeralcontainers, resize. */
  readonly subresources?: Readonly<Record<string, SubresourceRules>>
  gracePeriod?: NonNullable<ResourceStrategy['gracePeriod']>
  warningsOnDelete?: NonNullable<ResourceStrategy['warningsOnDelete']>
  prepareForDelete?: NonNullable<ResourceStrategy['prepareForDelete']>
  extraFinalizers?: NonNullable<ResourceStrategy['extraFinalizers']>
}

/** A subresource that writes part of its parent. */
export interface SubresourceRules {
  prepareForUpdate(next: KubeObject, previous: KubeObject, context: StrategyContext): void
  validateUpdate?(next: KubeObject, previous: KubeObject, context: StrategyContext): readonly FieldError[]
  /** Compares and raises the generation as the parent does. */
  readonly raisesGeneration?: boolean
}

/** Metadata that most kinds without writable metadata on /status restore. */
export const resetMetadata: readonly string[] = [
  'deletionTimestamp',
  'generation',
  'selfLink',
  'labels',
  'annotations',
  'finalizers',
  'ownerReferences',
]
