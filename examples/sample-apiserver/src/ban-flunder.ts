import { forbidden } from '@fairlead/apimachinery'
import type { AdmissionPlugin } from '@fairlead/apiserver'
import type { ObjectReader } from '@fairlead/extension-server'
import { Fischer } from './fischer.ts'
import { Flunder } from './flunder/flunder.ts'

/** Refuses new Flunders whose name a Fischer disallows. */
export function banFlunder(objects: ObjectReader): AdmissionPlugin {
  return {
    async mutate({ operation, kind, name, resource }) {
      if (operation !== 'CREATE' || kind.group !== Flunder.group || kind.kind !== Flunder.kind) return
      const fischers = await objects.list(Fischer)
      if (fischers.some(({ disallowedFlunders = [] }) => disallowedFlunders.includes(name))) {
        throw forbidden(resource, name, 'this name may not be used, please change the resource name')
      }
    },
  }
}
