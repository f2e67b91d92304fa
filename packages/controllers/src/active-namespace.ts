import { type JsonObject, type KubeObject, StatusError } from '@fairlead/apimachinery'

/** Whether objects can be made in a namespace: it exists, and is not being deleted. */
export function isActive(namespace: KubeObject | undefined): boolean {
  return (namespace?.['status'] as JsonObject | undefined)?.['phase'] === 'Active'
}

/** Whether the server refused a creation because the namespace is being deleted: another try would not mend that. */
export function isNamespaceTerminating(error: unknown): boolean {
  if (!StatusError.is(error)) return false
  return error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false
}
