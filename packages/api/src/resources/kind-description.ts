import type { GroupVersionKind, JsonObject } from '@fairlead/apimachinery'
import { type DecodedBody, decodeWithSchema, type KindDescription, patchSchemaOf } from '@fairlead/openapi'
import { protobufForm } from '../protobuf/protobuf-form.ts'
import { dropUnusedAffinity } from '../services/service-defaults.ts'
import { defaultServicePort } from '../strategies/kinds/api-service.ts'
import { setBindingDefaults } from '../strategies/kinds/rbac-defaults.ts'
import { mergeStringData } from '../strategies/kinds/secret.ts'
import { schemas } from './schemas.ts'

/** The description of a kind whose bodies follow a definition. */
export function describeKind({ group, version, kind }: GroupVersionKind, definition: string): KindDescription {
  const schema = schemas.struct(definition)
  const convert = conversions[definition]
  const decode = (body: JsonObject): DecodedBody => {
    const decoded = decodeWithSchema(schema, body)
    convert?.(decoded.object)
    return decoded
  }
  const protobuf = protobufForm(definition)
  return {
    group,
    version,
    kind,
    definition,
    decode,
    patchSchema: patchSchemaOf(schema),
    ...(protobuf === undefined ? undefined : { protobuf }),
  }
}

/** What reading a body changes besides its form and defaults: fields that exist for writing only, or that others rule out. */
const conversions: Readonly<Record<string, (object: JsonObject) => void>> = {
  'io.k8s.api.core.v1.Secret': mergeStringData,
  'io.k8s.api.core.v1.Service': dropUnusedAffinity,
  'io.k8s.api.rbac.v1.ClusterRoleBinding': setBindingDefaults,
  'io.k8s.api.rbac.v1.RoleBinding': setBindingDefaults,
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService': defaultServicePort,
}

/** A kind of a stream's options: they come from the query, a body has none of its fields. */
export function describeOptionsKind({ group, version, kind }: GroupVersionKind): KindDescription {
  const apiVersion = group === '' ? version : `${group}/${version}`
  return {
    group,
    version,
    kind,
    definition: `io.k8s.api.core.v1.${kind}`,
    decode: () => ({ object: { kind, apiVersion }, unknownFields: [] }),
  }
}
