import type { Admission, AdmissionAttributes } from './admission.ts'

/** One admission plugin: either half, or both. */
export type AdmissionPlugin = Partial<Admission>

/** Plugins one after the other: all mutating halves in order, later all validating ones. The first refusal counts. */
export function createAdmissionChain(plugins: readonly AdmissionPlugin[]): Admission {
  const mutating = plugins.filter((plugin) => plugin.mutate !== undefined)
  const validating = plugins.filter((plugin) => plugin.validate !== undefined)
  return {
    async mutate(attributes: AdmissionAttributes) {
      for (const plugin of mutating) await plugin.mutate?.(attributes)
    },
    async validate(attributes: AdmissionAttributes) {
      for (const plugin of validating) await plugin.validate?.(attributes)
    },
  }
}
