import { fieldPath, type FieldError, formatGroupVersion, invalidValue, type KubeObject } from '@fairlead/apimachinery'
import type { ResourceDescription, ResourceStrategy, ResourceVersion } from '@fairlead/openapi'
import { moreBackendsAnnotation, readMoreBackends } from '../composite/more-backends.ts'
import { backendTarget, inProcessAnnotation, urlAnnotation } from '../routes/backend-target.ts'
import { type ApiService, readApiService } from './api-service.ts'
import { certificateWarnings } from './certificate-warnings.ts'
import { longRunningAnnotation, readLongRunning } from './long-running.ts'

/**
 * The description of APIServices with what only the aggregation layer knows: its annotations, warnings of certificates, and
 * v1beta1, which Kubernetes served until 1.21 and which is off unless asked for (APS-1).
 */
export function describeApiServices(
  description: ResourceDescription,
  { isLocal }: { isLocal(group: string, version: string): boolean },
): ResourceDescription {
  const { strategy } = description
  const warnings: NonNullable<ResourceStrategy['warningsOnCreate']> = (object, { clock }) => {
    const apiService = readApiService(object)
    return [...certificateWarnings(apiService, clock.now()), ...shadowWarnings(apiService, isLocal)]
  }
  return {
    ...description,
    versions: [...description.versions, ...description.versions.map(beta)],
    strategy: {
      ...strategy,
      validateCreate: (object, context) => [...strategy.validateCreate(object, context), ...annotationErrors(object)],
      validateUpdate: (next, previous, context) => [
        ...strategy.validateUpdate(next, previous, context),
        ...annotationErrors(next),
      ],
      warningsOnCreate: warnings,
      warningsOnUpdate: (next, _previous, context) => warnings(next, context),
    },
  }
}

/** A remote APIService takes a group-version from this server (REG-5). */
function shadowWarnings(
  { service, group, version }: ApiService,
  isLocal: (group: string, version: string) => boolean,
): readonly string[] {
  if (service === undefined || !isLocal(group, version)) return []
  const name = formatGroupVersion({ group, version })
  return [
    `spec.service: this server serves ${name} itself; its objects cannot be reached while requests go to service/${service.name} in "${service.namespace}"`,
  ]
}

/** The same kind under another name. */
function beta(stable: ResourceVersion): ResourceVersion {
  const group = 'apiregistration.k8s.io'
  return {
    ...stable,
    version: 'v1beta1',
    servedByDefault: false,
    kind: { ...stable.kind, version: 'v1beta1' },
    toStorage: (object) => ({ ...object, apiVersion: `${group}/${stable.version}` }),
    fromStorage: (object) => ({ ...object, apiVersion: `${group}/v1beta1` }),
  }
}

function annotationErrors(object: KubeObject): readonly FieldError[] {
  const { annotations } = readApiService(object)
  const check = (key: string, read: () => unknown): readonly FieldError[] => {
    try {
      read()
      return []
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      return [invalidValue(fieldPath('metadata', 'annotations').key(key), annotations[key], problem)]
    }
  }
  return [
    ...check(annotations[urlAnnotation] === undefined ? inProcessAnnotation : urlAnnotation, () =>
      backendTarget({ annotations }),
    ),
    ...check(longRunningAnnotation, () => readLongRunning(annotations)),
    ...check(moreBackendsAnnotation, () => readMoreBackends(annotations)),
  ]
}
