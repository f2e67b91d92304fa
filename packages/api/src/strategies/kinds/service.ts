import { nameIsDnsLabel } from '@fairlead/apimachinery'
import { dropUnneeded } from '../../services/carry-over.ts'
import { validateService } from '../../services/validate-service.ts'
import type { KindRules } from '../strategy-rules.ts'

/** Services. Their addresses and node ports are given out by the registry, before these rules see them. */
export const serviceRules: KindRules = {
  validateName: nameIsDnsLabel,
  // Nothing is left to change; what was filled in is put in order after this.
  prepareForCreate() {},
  prepareForUpdate: dropUnneeded,
  validateCreate: (service) => validateService(service),
  validateUpdate: (next, previous) => validateService(next, previous),
}
