import type { JsonObject } from '@fairlead/apimachinery'
import { stringAt } from '../values/read.ts'
import { always, type DefaultsTable, lacking } from './lacking.ts'

const extensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'

/** Kinds with a default or two. */
export const smallKindDefaults: DefaultsTable = {
  'io.k8s.api.core.v1.Secret': always({ type: 'Opaque' }),
  'io.k8s.api.scheduling.v1.PriorityClass': always({ preemptionPolicy: 'PreemptLowerPriority' }),
  'io.k8s.api.authentication.v1.TokenRequestSpec': always({ expirationSeconds: 3600 }),
  [`${extensions}CustomResourceDefinitionSpec`]: namesAndConversion,
  [`${extensions}ServiceReference`]: always({ port: 443 }),
}

function namesAndConversion(spec: JsonObject): JsonObject | undefined {
  const kind = stringAt(spec, 'names', 'kind')
  const names = kind === '' ? {} : { singular: kind.toLowerCase(), listKind: `${kind}List` }
  return lacking(spec, { names, conversion: { strategy: 'None' } })
}
