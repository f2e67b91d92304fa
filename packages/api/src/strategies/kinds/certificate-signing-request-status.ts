import {
  decodeBase64,
  duplicate,
  type FieldError,
  type FieldPath,
  fieldPath,
  forbiddenField,
  invalidValue,
  type JsonValue,
  type KubeObject,
  notSupported,
  parseCertificates,
  pemBlocks,
  quote,
  required,
  X509SyntaxError,
} from '@fairlead/apimachinery'
import { listAt, stringAt } from '../../values/read.ts'

const conditionsPath = fieldPath('status', 'conditions')
const certificatePath = fieldPath('status', 'certificate')
const decisions: readonly string[] = ['Approved', 'Denied']
/** Conditions that are true or absent, and stay once they are there. */
const lasting: readonly string[] = [...decisions, 'Failed']

/** Problems of an approval or a denial. */
export function approvalErrors(next: KubeObject, previous: KubeObject): readonly FieldError[] {
  return [...conditionErrors(next), ...removalErrors(next, previous)]
}

/** Problems of what a signer writes: it neither approves nor denies, and gives a certificate once. */
export function signingStatusErrors(next: KubeObject, previous: KubeObject): readonly FieldError[] {
  const certificate = stringAt(next, 'status', 'certificate')
  const stored = stringAt(previous, 'status', 'certificate')
  const problem = certificate === stored ? undefined : certificateProblem(certificate)
  return [
    ...conditionErrors(next),
    ...(problem === undefined ? [] : [invalidValue(certificatePath, '<certificate data>', problem)]),
    ...removalErrors(next, previous),
    ...decisions
      .filter((type) => countOf(next, type) > countOf(previous, type))
      .map((type) => forbiddenField(conditionsPath, `updates may not add a condition of type ${quote(type)}`)),
    ...(stored === '' || certificate === stored
      ? []
      : [forbiddenField(certificatePath, 'updates may not modify existing certificate content')]),
  ]
}

function conditionErrors(request: KubeObject): readonly FieldError[] {
  const conditions = listAt(request, 'status', 'conditions')
  const before = new Set<string>()
  return conditions.flatMap((condition, index) => {
    const type = stringAt(condition, 'type')
    const path = conditionsPath.index(index)
    const isRepeated = before.has(type)
    before.add(type)
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    return [
      ...(type === '' ? [required(path.child('type'), '')] : []),
      ...statusErrors(condition, type, path.child('status')),
      ...(opposite !== undefined && before.has(opposite)
        ? [invalidValue(conditionsPath, type, 'Approved and Denied conditions are mutually exclusive')]
        : []),
      ...(isRepeated ? [duplicate(path.child('type'), type)] : []),
    ]
  })
}

function statusErrors(condition: JsonValue, type: string, path: FieldPath): readonly FieldError[] {
  const status = stringAt(condition, 'status')
  if (status === '') return [required(path, '')]
  const allowed = lasting.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
  return allowed.includes(status) ? [] : [notSupported(path, status, allowed)]
}

function removalErrors(next: KubeObject, previous: KubeObject): readonly FieldError[] {
  return lasting
    .filter((type) => countOf(next, type) < countOf(previous, type))
    .map((type) => forbiddenField(conditionsPath, `updates may not remove a condition of type ${quote(type)}`))
}

function countOf(request: KubeObject, type: string): number {
  return listAt(request, 'status', 'conditions').filter((condition) => stringAt(condition, 'type') === type).length
}

/** What is wrong with a certificate: blocks of anything else, or none at all. Text around the blocks may be there. */
function certificateProblem(base64: string): string | undefined {
  if (base64 === '') return undefined
  const blocks = pemBlocks(decodeBase64(base64))
  for (const { label, hasHeaders, bytes } of blocks) {
    if (label !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(label)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    if (!holdsCertificates(bytes)) return 'x509: malformed certificate'
    if (bytes.length === 0) return 'found CERTIFICATE PEM block containing 0 certificates'
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined
}

function holdsCertificates(der: Uint8Array): boolean {
  try {
    parseCertificates(der)
    return true
  } catch (error) {
    if (!(error instanceof X509SyntaxError)) throw error
    return false
  }
}
