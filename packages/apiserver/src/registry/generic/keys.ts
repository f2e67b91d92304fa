import { badRequest, isValidPathSegmentName, quote } from '@fairlead/apimachinery'
import type { ObjectKey } from '../rest/capabilities.ts'
import type { StoredForm } from './stored-form.ts'

/** The storage key of an object. Throws BadRequest when namespace or name are missing or would lead elsewhere. */
export function storageKey(form: StoredForm, { namespace, name }: ObjectKey): string {
  if (form.namespaced && namespace === '') throw badRequest('Namespace parameter required.')
  if (form.namespaced) refuse('Namespace', namespace)
  if (name === '') throw badRequest('Name parameter required.')
  refuse('Name', name)
  return form.namespaced ? `${form.root}${namespace}/${name}` : form.root + name
}

/** What the keys of a namespace start with; of everything when the namespace is empty or the resource has none. */
export function keyPrefix(form: StoredForm, namespace: string): string {
  return form.namespaced && namespace !== '' ? `${form.root}${namespace}/` : form.root
}

function refuse(parameter: string, value: string): void {
  const problems = isValidPathSegmentName(value)
  if (problems.length > 0) throw badRequest(`${parameter} parameter invalid: ${quote(value)}: ${problems.join(';')}`)
}
