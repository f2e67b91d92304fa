import type { GroupVersionKind, JsonObject, PatchSchema } from '@fairlead/apimachinery'

/** What decoding a body against a schema found. */
export interface DecodedBody {
  /** A fresh object: known fields only, canonical key order, absent required fields written, published defaults set. */
  readonly object: JsonObject
  /** Paths of fields that the schema does not declare, in document order, such as `spec.containers[0].foo`. */
  readonly unknownFields: readonly string[]
}

/** One version of one kind: how its bodies are read and written. Also of kinds that are no resource (DeleteOptions, Scale). */
export interface KindDescription extends GroupVersionKind {
  /** The OpenAPI definition, such as `io.k8s.api.apps.v1.Deployment`. */
  readonly definition: string
  /** Throws `TypeMismatchError` when a value has the wrong JSON type. Never keeps a reference into `body`. */
  decode(body: JsonObject): DecodedBody
  /** Absent where strategic merge patch is not offered (custom resources). */
  readonly patchSchema?: PatchSchema
  /** Absent where the kind has no protobuf form. */
  readonly protobuf?: ProtobufForm
}

/** The protobuf form of a kind: the raw message, without the Kubernetes envelope. */
export interface ProtobufForm {
  /** `object` is in decoded form; apiVersion and kind are not part of the message. */
  encode(object: JsonObject): Uint8Array
  /** The object without apiVersion and kind. Throws `ProtobufSyntaxError`. */
  decode(message: Uint8Array): JsonObject
}
