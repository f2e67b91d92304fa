import type { GroupVersionKind, GroupVersionResource, JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { UserInfo } from '../authentication/user-info.ts'
import type { WarningRecorder } from '../request/warning-recorder.ts'

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** A write on its way to storage. Objects are in the requested version. */
export interface AdmissionAttributes {
  readonly operation: AdmissionOperation
  readonly kind: GroupVersionKind
  readonly resource: GroupVersionResource
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Mutating plugins change it in place. Absent for DELETE. */
  readonly object?: KubeObject
  readonly oldObject?: KubeObject
  readonly options: JsonObject
  readonly dryRun: boolean
  readonly user: UserInfo
  readonly warnings: WarningRecorder
}

/** Admission plugins, in order. A plugin refuses by throwing a StatusError. */
export interface Admission {
  /** Before defaulting of the strategy and before validation. */
  mutate(attributes: AdmissionAttributes): Promise<void>
  /** After validation, immediately before the object is stored. */
  validate(attributes: AdmissionAttributes): Promise<void>
}
