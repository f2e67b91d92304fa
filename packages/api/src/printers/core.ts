import type { KubeObject } from '@fairlead/apimachinery'
import { isObject, listAt, objectAt, stringAt } from '../values/read.ts'
import { age, name } from './cells.ts'
import { ageColumn, cellPrinter, nameColumn, type PrinterTable, text } from './printer.ts'

/** Kinds of the core group that hold configuration. */
export const corePrinters: PrinterTable = {
  Namespace: cellPrinter([nameColumn, text('Status', 'The phase of the namespace.'), ageColumn], (namespace, now) => [
    name(namespace),
    stringAt(namespace, 'status', 'phase'),
    age(namespace, now),
  ]),
  // The cells of Data are numbers although the column says text.
  ConfigMap: cellPrinter([nameColumn, text('Data', 'The number of entries.'), ageColumn], (configMap, now) => [
    name(configMap),
    size(configMap, 'data') + size(configMap, 'binaryData'),
    age(configMap, now),
  ]),
  Secret: cellPrinter(
    [nameColumn, text('Type', 'What the secret is for.'), text('Data', 'The number of entries.'), ageColumn],
    (secret, now) => [name(secret), stringAt(secret, 'type'), size(secret, 'data'), age(secret, now)],
  ),
  ServiceAccount: cellPrinter([nameColumn, ageColumn], (account, now) => [name(account), age(account, now)]),
  ResourceQuota: cellPrinter(
    [
      nameColumn,
      text('Request', 'What is used of what may be requested.'),
      text('Limit', 'What is used of what limits may add up to.'),
      ageColumn,
    ],
    (quota, now) => {
      const resources = Object.keys(objectAt(quota, 'status', 'hard')).sort()
      return [
        name(quota),
        quotaText(
          quota,
          resources.filter((resource) => !isLimit(resource)),
        ),
        quotaText(quota, resources.filter(isLimit)),
        age(quota, now),
      ]
    },
  ),
  ComponentStatus: cellPrinter(
    [
      nameColumn,
      text('Status', 'Whether the component is healthy.'),
      text('Message', 'What the health check answered.'),
      text('Error', 'Why the component is not healthy.'),
    ],
    (component) => {
      const healthy = listAt(component, 'conditions')
        .filter(isObject)
        .find((condition) => condition['type'] === 'Healthy')
      if (healthy === undefined) return [name(component), 'Unknown', '', '']
      const status = healthy['status'] === 'True' ? 'Healthy' : 'Unhealthy'
      return [name(component), status, stringAt(healthy, 'message'), stringAt(healthy, 'error')]
    },
  ),
}

function size(object: KubeObject, field: string): number {
  return Object.keys(objectAt(object, field)).length
}

function isLimit(resource: string): boolean {
  return resource.startsWith('limits.')
}

function quotaText(quota: KubeObject, resources: readonly string[]): string {
  const amount = (field: 'used' | 'hard', resource: string): string => stringAt(quota, 'status', field, resource) || '0'
  return resources.map((resource) => `${resource}: ${amount('used', resource)}/${amount('hard', resource)}`).join(', ')
}
