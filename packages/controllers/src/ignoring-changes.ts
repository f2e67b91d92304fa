import { ignoring } from '@fairlead/apimachinery'

/** Catches what comes of objects that have changed, or are gone: a watch tells of that, and it is looked at again. */
export const ignoringChanges: (error: unknown) => undefined = ignoring('Conflict', 'NotFound')
