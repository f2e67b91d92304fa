import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import { at, isObject, listAt, stringAt, stringEntriesAt } from '../values/read.ts'
import { age, name } from './cells.ts'
import { ageColumn, cellPrinter, integer, nameColumn, type PrinterTable, text } from './printer.ts'

const group = 'admissionregistration.k8s.io'

const webhooksPrinter = cellPrinter(
  [nameColumn, integer('Webhooks', 'The number of webhooks.'), ageColumn],
  (configuration, now) => [name(configuration), listAt(configuration, 'webhooks').length, age(configuration, now)],
)

const paramKindColumn = text('ParamKind', 'The kind of the objects that configure the policy.')

const bindingPrinter = cellPrinter(
  [
    nameColumn,
    text('PolicyName', 'The policy that is bound.'),
    text('ParamRef', 'The object that configures the policy.'),
    ageColumn,
  ],
  (binding, now) => [name(binding), stringAt(binding, 'spec', 'policyName'), paramName(binding), age(binding, now)],
)

/** Kinds of admissionregistration.k8s.io. */
export const admissionPrinters: PrinterTable = {
  [`${group}/MutatingWebhookConfiguration`]: webhooksPrinter,
  [`${group}/ValidatingWebhookConfiguration`]: webhooksPrinter,
  [`${group}/ValidatingAdmissionPolicy`]: cellPrinter(
    [nameColumn, integer('Validations', 'The number of validations.'), paramKindColumn, ageColumn],
    (policy, now) => [name(policy), listAt(policy, 'spec', 'validations').length, paramKind(policy), age(policy, now)],
  ),
  [`${group}/MutatingAdmissionPolicy`]: cellPrinter(
    [nameColumn, integer('Mutations', 'The number of mutations.'), paramKindColumn, ageColumn],
    (policy, now) => [name(policy), listAt(policy, 'spec', 'mutations').length, paramKind(policy), age(policy, now)],
  ),
  [`${group}/ValidatingAdmissionPolicyBinding`]: bindingPrinter,
  [`${group}/MutatingAdmissionPolicyBinding`]: bindingPrinter,
}

function paramKind(policy: KubeObject): string {
  const kind = at(policy, 'spec', 'paramKind')
  return isObject(kind) ? `${stringAt(kind, 'apiVersion')}/${stringAt(kind, 'kind')}` : '<unset>'
}

function paramName(binding: KubeObject): string {
  const reference = at(binding, 'spec', 'paramRef')
  const referenced = stringAt(reference, 'name')
  if (referenced !== '') return `${stringAt(reference, 'namespace') || '*'}/${referenced}`
  const selector = at(reference, 'selector')
  return isObject(selector) ? selectorDump(selector) : '<unset>'
}

/** A selector the way Go prints the struct. */
function selectorDump(selector: JsonObject): string {
  const labels = stringEntriesAt(selector, 'matchLabels').map(([key, value]) => `${key}: ${value},`)
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const values = listAt(expression, 'values').join(' ')
    const operator = stringAt(expression, 'operator')
    return `LabelSelectorRequirement{Key:${stringAt(expression, 'key')},Operator:${operator},Values:[${values}],},`
  })
  return (
    `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},` +
    `MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
  )
}
