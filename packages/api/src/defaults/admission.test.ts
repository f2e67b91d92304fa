import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const everything = { namespaceSelector: {}, objectSelector: {}, matchPolicy: 'Equivalent' }
const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  sideEffects: null,
  timeoutSeconds: 10,
  admissionReviewVersions: null,
}

test.each<[string, JsonObject, JsonObject]>([
  ['v1.ValidatingWebhook', { name: 'a' }, { name: 'a', clientConfig: {}, ...webhook }],
  [
    'v1.ValidatingWebhook',
    {
      name: 'a',
      clientConfig: { service: { namespace: 'n', name: 's' } },
      rules: [rule],
      failurePolicy: 'Ignore',
      matchPolicy: 'Exact',
      namespaceSelector: { matchLabels: { a: 'b' } },
      sideEffects: 'None',
      timeoutSeconds: 1,
    },
    {
      name: 'a',
      clientConfig: { service: { namespace: 'n', name: 's', port: 443 } },
      rules: [{ ...rule, scope: '*' }],
      failurePolicy: 'Ignore',
      matchPolicy: 'Exact',
      namespaceSelector: { matchLabels: { a: 'b' } },
      objectSelector: {},
      sideEffects: 'None',
      timeoutSeconds: 1,
      admissionReviewVersions: null,
    },
  ],
  ['v1.MutatingWebhook', { name: 'a' }, { name: 'a', clientConfig: {}, ...webhook, reinvocationPolicy: 'Never' }],
  [
    'v1.MutatingWebhook',
    { name: 'a', reinvocationPolicy: 'IfNeeded', rules: [{ ...rule, scope: 'Cluster' }] },
    {
      name: 'a',
      clientConfig: {},
      rules: [{ ...rule, scope: 'Cluster' }],
      ...webhook,
      reinvocationPolicy: 'IfNeeded',
    },
  ],
  ...['v1', 'v1beta1', 'v1alpha1'].flatMap((version): [string, JsonObject, JsonObject][] => [
    [
      `${version}.MutatingAdmissionPolicySpec`,
      { matchConstraints: { resourceRules: [{ resourceNames: ['a'], ...rule }] } },
      {
        matchConstraints: {
          namespaceSelector: {},
          objectSelector: {},
          resourceRules: [{ resourceNames: ['a'], ...rule, scope: '*' }],
          matchPolicy: 'Equivalent',
        },
        failurePolicy: 'Fail',
      },
    ],
    [`${version}.MatchResources`, { matchPolicy: 'Exact' }, { ...everything, matchPolicy: 'Exact' }],
  ]),
  ['v1.ValidatingAdmissionPolicySpec', {}, { failurePolicy: 'Fail' }],
  ['v1.ValidatingAdmissionPolicySpec', { failurePolicy: 'Ignore' }, { failurePolicy: 'Ignore' }],
  [
    'v1.ValidatingAdmissionPolicyBindingSpec',
    { policyName: 'p', paramRef: { name: 'a' }, matchResources: {} },
    { policyName: 'p', paramRef: { name: 'a' }, matchResources: everything },
  ],
  ['v1beta1.ParamRef', { name: 'a' }, { name: 'a' }],
  ['v1alpha1.ParamRef', { name: 'a' }, { name: 'a', parameterNotFoundAction: 'Deny' }],
  [
    'v1alpha1.ParamRef',
    { name: 'a', parameterNotFoundAction: 'Allow' },
    { name: 'a', parameterNotFoundAction: 'Allow' },
  ],
])('%s %j', (name, body, expected) => {
  expectRead(`admissionregistration.${name}`, body, expected)
})
