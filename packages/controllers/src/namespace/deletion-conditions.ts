import type { KubeObject } from '@fairlead/apimachinery'
import { type Condition, setCondition } from '@fairlead/controller-runtime'
import type { ContentFound } from './delete-content.ts'

interface Finding {
  readonly type: string
  /** True means that something is wrong. */
  readonly failed: boolean
  readonly reason: string
  readonly message: string
}

/**
 * The conditions of a namespace after one pass, upstream's words. Undefined when they say what they said before, so that
 * nothing is written. Conditions of others stay.
 */
export function conditionsOf(
  namespace: KubeObject,
  found: ContentFound,
  now: number,
): readonly Condition[] | undefined {
  const { conditions = [] } = (namespace['status'] ?? {}) as { readonly conditions?: readonly Condition[] }
  const next = findingsOf(found).reduce((before, { type, failed, reason, message }) => {
    const status = failed ? 'True' : 'False'
    return setCondition(before, { type, status, reason, message }, now)
  }, conditions)
  return next === conditions ? undefined : next
}

function findingsOf({ remaining, finalizers, failures, undiscovered }: ContentFound): readonly Finding[] {
  const discovery = [...undiscovered].map(([groupVersion, error]) => `${groupVersion}: ${error.message}`).sort()
  const deletion = failures.map(({ message }) => message).sort()
  return [
    finding('NamespaceDeletionDiscoveryFailure', discovery.length > 0, {
      failed: [
        'DiscoveryFailed',
        `Discovery failed for some groups, ${discovery.length} failing: unable to retrieve the complete list of server APIs: ${discovery.join(', ')}`,
      ],
      well: ['ResourcesDiscovered', 'All resources successfully discovered'],
    }),
    finding('NamespaceDeletionGroupVersionParsingFailure', false, {
      failed: ['GroupVersionParsingFailed', ''],
      well: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    }),
    finding('NamespaceDeletionContentFailure', deletion.length > 0, {
      failed: [
        'ContentDeletionFailed',
        `Failed to delete all resource types, ${deletion.length} remaining: ${deletion.join(', ')}`,
      ],
      well: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    }),
    finding('NamespaceContentRemaining', remaining.size > 0, {
      failed: ['SomeResourcesRemain', `Some resources are remaining: ${counts(remaining, 'has')}`],
      well: ['ContentRemoved', 'All content successfully removed'],
    }),
    finding('NamespaceFinalizersRemaining', finalizers.size > 0, {
      failed: ['SomeFinalizerRemain', `Some finalizers are remaining: ${counts(finalizers, 'in')}`],
      well: ['ContentRemoved', 'All content successfully removed'],
    }),
  ]
}

function finding(
  type: string,
  failed: boolean,
  texts: { readonly failed: readonly [string, string]; readonly well: readonly [string, string] },
): Finding {
  const [reason, message] = failed ? texts.failed : texts.well
  return { type, failed, reason, message }
}

function counts(entries: ReadonlyMap<string, number>, verb: 'has' | 'in'): string {
  return [...entries]
    .map(([name, count]) => `${name} ${verb} ${count} resource instances`)
    .sort()
    .join(', ')
}
