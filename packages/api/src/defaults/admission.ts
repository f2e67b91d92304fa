import { always, type DefaultsTable } from './lacking.ts'

const group = 'io.k8s.api.admissionregistration.'
const everything = { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' }
const webhook = { failurePolicy: 'Fail', ...everything, timeoutSeconds: 10 }
const anyScope = always({ scope: '*' })

/** Webhook configurations and admission policies. Only in v1alpha1 a missing parameter denies by default. */
export const admissionDefaults: DefaultsTable = {
  [`${group}v1.MutatingWebhook`]: always({ ...webhook, reinvocationPolicy: 'Never' }),
  [`${group}v1.ValidatingWebhook`]: always(webhook),
  [`${group}v1.ServiceReference`]: always({ port: 443 }),
  [`${group}v1.RuleWithOperations`]: anyScope,
  ...policies('v1'),
  ...policies('v1beta1'),
  ...policies('v1alpha1'),
  [`${group}v1.ValidatingAdmissionPolicySpec`]: always({ failurePolicy: 'Fail' }),
  [`${group}v1alpha1.ParamRef`]: always({ parameterNotFoundAction: 'Deny' }),
}

function policies(version: string): DefaultsTable {
  return {
    [`${group}${version}.MutatingAdmissionPolicySpec`]: always({ failurePolicy: 'Fail' }),
    [`${group}${version}.MatchResources`]: always(everything),
    [`${group}${version}.NamedRuleWithOperations`]: anyScope,
  }
}
