import { badRequest, type JsonObject, type KubeObject } from '@fairlead/apimachinery'
import type { UserInfo } from '../../authentication/user-info.ts'
import type { Action } from '../../registry/rest/capabilities.ts'
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../authorizer.ts'
import { AuthorizationFailure } from '../authorizers.ts'
import { admitReview, answered, specOf } from './review-object.ts'
import { objectAt, stringAt, stringsAt } from '../../values/read.ts'
import { reviewFieldSelector, reviewLabelSelector } from './review-selectors.ts'
import { validateAccessReview } from './validate-access-review.ts'

/** SubjectAccessReview: may this user do that? */
export function subjectAccessReview(authorizer: Authorizer): Action {
  return {
    async perform(_context, _key, object, options) {
      validateAccessReview(object, { namesUser: true, local: false })
      await admitReview(object, options.admit)
      return await review(object, namedUser(specOf(object)), authorizer)
    },
  }
}

/** SelfSubjectAccessReview: may I do that? */
export function selfSubjectAccessReview(authorizer: Authorizer): Action {
  return {
    async perform(context, _key, object, options) {
      validateAccessReview(object, { namesUser: false, local: false })
      await admitReview(object, options.admit)
      return await review(object, context.user, authorizer)
    },
  }
}

/** LocalSubjectAccessReview: may this user do that in this namespace? */
export function localSubjectAccessReview(authorizer: Authorizer): Action {
  return {
    async perform(_context, key, object, options) {
      object.metadata.namespace ??= key.namespace
      validateAccessReview(object, { namesUser: true, local: true })
      if (object.metadata.namespace !== key.namespace) {
        throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${key.namespace}`)
      }
      await admitReview(object, options.admit)
      return await review(object, namedUser(specOf(object)), authorizer)
    },
  }
}

function namedUser(spec: JsonObject): UserInfo {
  const uid = stringAt(spec, 'uid')
  const extra = objectAt(spec, 'extra')
  return {
    name: stringAt(spec, 'user'),
    groups: stringsAt(spec, 'groups'),
    ...(uid === '' ? {} : { uid }),
    ...(extra === undefined
      ? {}
      : { extra: Object.fromEntries(Object.keys(extra).map((key) => [key, stringsAt(extra, key)])) }),
  }
}

async function review(object: KubeObject, user: UserInfo, authorizer: Authorizer): Promise<KubeObject> {
  const { attributes, problems } = reviewedAttributes(specOf(object), user)
  const { answer, failure } = await ask(authorizer, attributes)
  const evaluationError = [...(failure === undefined ? [] : [failure]), ...problems].join('; ')
  return answered(object, {
    allowed: answer.decision === 'allow',
    ...(answer.decision === 'deny' ? { denied: true } : {}),
    ...(answer.reason === undefined || answer.reason === '' ? {} : { reason: answer.reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  })
}

async function ask(
  authorizer: Authorizer,
  attributes: AuthorizationAttributes,
): Promise<{ readonly answer: AuthorizationDecision; readonly failure?: string }> {
  try {
    const answer = await authorizer(attributes)
    return { answer, ...(answer.error === undefined ? {} : { failure: answer.error.message }) }
  } catch (error) {
    const reason = error instanceof AuthorizationFailure ? error.reason : ''
    return {
      answer: { decision: 'no-opinion', reason },
      failure: error instanceof Error ? error.message : String(error),
    }
  }
}

/** An empty version asks about all of them. */
function reviewedAttributes(
  spec: JsonObject,
  user: UserInfo,
): { readonly attributes: AuthorizationAttributes; readonly problems: readonly string[] } {
  const resource = objectAt(spec, 'resourceAttributes')
  const path = objectAt(spec, 'nonResourceAttributes') ?? {}
  if (resource === undefined) {
    const nothing = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }
    const attributes = { user, isResourceRequest: false, verb: stringAt(path, 'verb'), path: stringAt(path, 'path') }
    return { attributes: { ...nothing, ...attributes }, problems: [] }
  }
  const fields = reviewFieldSelector(resource)
  const labels = reviewLabelSelector(resource)
  return {
    attributes: {
      user,
      isResourceRequest: true,
      verb: stringAt(resource, 'verb'),
      path: '',
      group: stringAt(resource, 'group'),
      version: stringAt(resource, 'version') || '*',
      resource: stringAt(resource, 'resource'),
      subresource: stringAt(resource, 'subresource'),
      namespace: stringAt(resource, 'namespace'),
      name: stringAt(resource, 'name'),
      ...(fields.selector === undefined ? {} : { fieldSelector: fields.selector }),
      ...(labels.selector === undefined ? {} : { labelSelector: labels.selector }),
    },
    problems: [fields.problem, labels.problem].filter((problem) => problem !== undefined),
  }
}
