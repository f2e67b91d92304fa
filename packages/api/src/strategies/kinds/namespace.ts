import { type KubeObject, nameIsDnsLabel } from '@fairlead/apimachinery'
import { listAt, objectAt } from '../../values/read.ts'
import { withEntry } from '../../values/with-entry.ts'
import { restoreField } from '../restore.ts'
import type { KindRules } from '../strategy-rules.ts'

const finalizer = 'kubernetes'

/** A namespace is Active until it is deleted; the server's own finalizer holds it until its content is gone. */
export const namespaceRules: KindRules = {
  validateName: nameIsDnsLabel,
  prepareForCreate(namespace) {
    namespace['status'] = { phase: 'Active' }
    const finalizers = listAt(namespace, 'spec', 'finalizers')
    if (!finalizers.includes(finalizer)) {
      namespace['spec'] = { ...objectAt(namespace, 'spec'), finalizers: [...finalizers, finalizer] }
    }
    setNameLabel(namespace)
  },
  prepareForUpdate(next, previous) {
    const spec = { ...objectAt(next, 'spec') }
    restoreField(spec, objectAt(previous, 'spec'), 'finalizers')
    next['spec'] = spec
    setNameLabel(next)
  },
  prepareForStatusUpdate: setNameLabel,
  subresources: {
    finalize: {
      prepareForUpdate(next, previous) {
        restoreField(next, previous, 'status')
        setNameLabel(next)
      },
    },
  },
  prepareForDelete(namespace) {
    namespace['status'] = { ...objectAt(namespace, 'status'), phase: 'Terminating' }
  },
  extraFinalizers: (namespace) =>
    listAt(namespace, 'spec', 'finalizers').filter((name): name is string => typeof name === 'string'),
}

/** Every namespace carries its name as a label, so that selectors can name it. */
function setNameLabel({ metadata }: KubeObject): void {
  if (metadata.name === undefined) return
  metadata.labels = withEntry(metadata.labels ?? {}, 'kubernetes.io/metadata.name', metadata.name)
}
