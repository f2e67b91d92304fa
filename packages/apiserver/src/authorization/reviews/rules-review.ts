import { badRequest } from '@fairlead/apimachinery'
import type { Action } from '../../registry/rest/capabilities.ts'
import type { RuleResolver } from '../rule-resolver.ts'
import { admitReview, answered, specOf } from './review-object.ts'
import { stringAt } from '../../values/read.ts'

/** SelfSubjectRulesReview: what may I do in this namespace? The answer does not repeat the question. */
export function selfSubjectRulesReview(rulesFor: RuleResolver): Action {
  return {
    async perform(context, _key, object, options) {
      const namespace = stringAt(specOf(object), 'namespace')
      if (namespace === '') throw badRequest('no namespace on request')
      await admitReview(object, options.admit)
      const rules = await rulesFor(context.user, namespace)
      return answered(
        { kind: object.kind, apiVersion: object.apiVersion, metadata: {}, spec: {} },
        {
          resourceRules: rules.resourceRules.map((rule) => ({
            verbs: [...rule.verbs],
            ...listed('apiGroups', rule.apiGroups),
            ...listed('resources', rule.resources),
            ...listed('resourceNames', rule.resourceNames),
          })),
          nonResourceRules: rules.nonResourceRules.map((rule) => ({
            verbs: [...rule.verbs],
            ...listed('nonResourceURLs', rule.nonResourceURLs),
          })),
          incomplete: rules.incomplete,
          ...(rules.evaluationError === undefined ? {} : { evaluationError: rules.evaluationError }),
        },
      )
    },
  }
}

function listed(field: string, values: readonly string[] | undefined): Record<string, string[]> {
  return values === undefined || values.length === 0 ? {} : { [field]: [...values] }
}
