export type { JsonObject, JsonValue, KubeObject, ObjectMeta, OwnerReference } from './meta/object.ts'
export type {
  GroupKind,
  GroupResource,
  GroupVersion,
  GroupVersionKind,
  GroupVersionResource,
} from './meta/group-version.ts'
export { formatGroupKind, formatGroupResource, formatGroupVersion, parseGroupVersion } from './meta/group-version.ts'
export type { Clock } from './time/clock.ts'
