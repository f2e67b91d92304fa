import type { KubeObject } from '@fairlead/apimachinery'
import { at, listAt, objectAt, stringAt } from '../../values/read.ts'
import type { KindRules } from '../strategy-rules.ts'

/** A limit range without a name is named by a random uuid. */
export const limitRangeRules: KindRules = {
  prepareForCreate({ metadata }) {
    if (metadata.name === undefined || metadata.name === '') metadata.name = randomUuid()
  },
}

/** Version 4. */
function randomUuid(): string {
  const source = globalThis as { readonly crypto?: { randomUUID(): string } }
  if (source.crypto === undefined) throw new Error('this platform has no source of random numbers')
  return source.crypto.randomUUID()
}

/** Of the secrets that a service account lists only the names count. */
export const serviceAccountRules: KindRules = {
  prepareForCreate: cleanSecretReferences,
  prepareForUpdate: cleanSecretReferences,
}

function cleanSecretReferences(account: KubeObject): void {
  const secrets = listAt(account, 'secrets')
  if (secrets.length > 0) account['secrets'] = secrets.map((secret) => ({ name: stringAt(secret, 'name') }))
}

/** Leader election by the server is off: its fields are dropped unless they are stored already. */
export const leaseRules: KindRules = {
  prepareForCreate: (lease) => dropElectionFields(lease, undefined),
  prepareForUpdate: dropElectionFields,
}

function dropElectionFields(lease: KubeObject, previous: KubeObject | undefined): void {
  const spec = { ...objectAt(lease, 'spec') }
  for (const key of ['strategy', 'preferredHolder']) {
    if (at(previous, 'spec', key) === undefined) delete spec[key]
  }
  lease['spec'] = spec
}
