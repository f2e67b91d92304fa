import {
  conflict,
  deepCopy,
  fieldPath,
  invalid,
  invalidValue,
  nameIsDnsSubdomain,
  notFound,
  validateObjectMeta,
} from '@fairlead/apimachinery'
import type { GroupResource, KubeObject } from '@fairlead/apimachinery'
import type { ScaleMapping } from '@fairlead/openapi'
import type { AdmissionHooks, Getter, Updater, UpdateRequest, WriteOptions } from '../rest/capabilities.ts'
import type { StoredObject } from '../rest/stored-object.ts'
import { scaleObject, scaleOf, wantedReplicas } from './scale-object.ts'

/**
 * The scale subresource over the resource that it scales. Admission sees Scales; the resource's own strategy sees its
 * object with another number of replicas.
 */
export function createScale(options: {
  readonly resource: GroupResource
  readonly mapping: ScaleMapping
  readonly parent: Getter & Updater
}): Getter & Updater {
  const { mapping, parent } = options
  const { group, resource } = options.resource
  const scales = { group, resource: `${resource}/scale` }
  return {
    async get(context, key, read) {
      return scaleOf(await parent.get(context, key, read), mapping)
    },
    async update(context, request, write) {
      const { name } = request.key
      const result = await parent.update(
        context,
        {
          ...request,
          createAllowed: false,
          async desired(current) {
            if (current === undefined) throw notFound(scales, name)
            const scale = await desiredScale(request, { current, mapping, write })
            checkScale(scale, name)
            if (request.retryOnConflict) checkScaleUid(scales, scale, current)
            return rescaled(current, scale, mapping)
          },
        },
        { dryRun: write.dryRun, admit: scaleAdmission(write.admit, mapping) },
      )
      return { object: scaleOf(result.object, mapping), created: false }
    },
  }
}

async function desiredScale(
  request: UpdateRequest,
  options: { readonly current: StoredObject; readonly mapping: ScaleMapping; readonly write: WriteOptions },
): Promise<KubeObject> {
  const before = scaleOf(options.current, options.mapping)
  const scale = await request.desired(before)
  const { name } = request.key
  await options.write.admit.mutate({ operation: 'UPDATE', name, object: scale, oldObject: before.object() })
  return scale
}

function checkScale(scale: KubeObject, name: string): void {
  const replicas = wantedReplicas(scale)
  const errors = validateObjectMeta({
    meta: scale.metadata,
    namespaced: true,
    validateName: nameIsDnsSubdomain,
    path: fieldPath('metadata'),
  })
  if (replicas < 0) errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'))
  if (errors.length > 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, errors)
}

/** What a PUT says of the uid is a precondition that storage checks; a patch is checked here. */
function checkScaleUid(scales: GroupResource, { metadata }: KubeObject, current: StoredObject): void {
  const { name = '', uid = '' } = current.object().metadata
  if (!metadata.uid || metadata.uid === uid) return
  const problem = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`
  throw conflict(scales, name, problem)
}

/** The object with the replicas, the resourceVersion and, as preconditions go, the uid of the Scale. */
function rescaled(current: StoredObject, scale: KubeObject, mapping: ScaleMapping): KubeObject {
  const next = deepCopy(current.object())
  mapping.setReplicas(next, wantedReplicas(scale))
  if (scale.metadata.uid) next.metadata.uid = scale.metadata.uid
  if (scale.metadata.resourceVersion === undefined) delete next.metadata.resourceVersion
  else next.metadata.resourceVersion = scale.metadata.resourceVersion
  return next
}

/** Mutating admission has seen the Scale already; validating admission sees what becomes of it. */
function scaleAdmission(admit: AdmissionHooks, mapping: ScaleMapping): AdmissionHooks {
  return {
    mutate: async () => undefined,
    validate: ({ operation, name, object, oldObject }) =>
      admit.validate({
        operation,
        name,
        ...(object && { object: scaleObject(object, mapping) }),
        ...(oldObject && { oldObject: scaleObject(oldObject, mapping) }),
      }),
  }
}
