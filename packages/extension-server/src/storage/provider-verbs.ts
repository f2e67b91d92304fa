import type { Verb } from '@fairlead/openapi'
import type { Provider } from './provider.ts'

/** The verbs that follow from what a provider can do. Throws a `TypeError` for functions that cannot stand alone. */
export function providerVerbs(provider: Provider<never>, name: string): readonly Verb[] {
  const need = (verb: keyof Provider, ...others: readonly (keyof Provider)[]): void => {
    const missing = others.filter((other) => provider[other] === undefined)
    if (provider[verb] !== undefined && missing.length > 0) {
      throw new TypeError(`the provider of ${name} has ${verb} but not ${missing.join(' and ')}`)
    }
  }
  need('watch', 'list')
  need('update', 'get')
  need('delete', 'get')
  const verbs: Verb[] = []
  if (provider.get) verbs.push('get')
  if (provider.list) verbs.push('list')
  if (provider.watch) verbs.push('watch')
  if (provider.create) verbs.push('create')
  if (provider.update) verbs.push('update', 'patch')
  if (provider.delete) verbs.push('delete')
  if (verbs.length === 0) throw new TypeError(`the provider of ${name} can do nothing`)
  return verbs
}
