import { isReason } from '@fairlead/apimachinery'

/** Catches refusals with one of these reasons, and throws everything else again. */
export function ignoring(...reasons: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!reasons.some((reason) => isReason(error, reason))) throw error
  }
}

/** Catches what comes of objects that have changed, or are gone: a watch tells of that, and it is looked at again. */
export const ignoringChanges: (error: unknown) => undefined = ignoring('Conflict', 'NotFound')
