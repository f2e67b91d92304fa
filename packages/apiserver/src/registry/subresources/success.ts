import type { KubeObject } from '@fairlead/apimachinery'

/** The Status that an action answers with when it has nothing else to say. */
export function success(): KubeObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }
}
