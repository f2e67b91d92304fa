import {
  duplicate,
  type FieldError,
  fieldPath,
  invalidValue,
  type KubeObject,
  notSupported,
  required,
} from '@fairlead/apimachinery'
import { listAt, numberAt, stringAt } from '../../values/read.ts'
import { repetition } from '../../values/repetition.ts'
import { signerNameErrors } from './signer-name.ts'

const spec = fieldPath('spec')
const legacySigner = 'kubernetes.io/legacy-unknown'
const shortestDuration = 600

const knownUsages: readonly string[] = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

/**
 * Problems of a new request, except those of `spec.request` itself: who owns the crypto library looks at it and its
 * signature. The spec never changes, so that updates need not look again.
 */
export function signingRequestErrors(request: KubeObject): readonly FieldError[] {
  return [...usageErrors(request), ...signerErrors(request), ...durationErrors(request)]
}

function usageErrors(request: KubeObject): readonly FieldError[] {
  const path = spec.child('usages')
  const usages = listAt(request, 'spec', 'usages').map(String)
  if (usages.length === 0) return [required(path, '')]
  const isRepeated = repetition<string>()
  return [
    ...usages.flatMap((usage, index) =>
      knownUsages.includes(usage) ? [] : [notSupported(path.index(index), usage, knownUsages)],
    ),
    ...usages.flatMap((usage, index) => (isRepeated(usage) ? [duplicate(path.index(index), usage)] : [])),
  ]
}

function signerErrors(request: KubeObject): readonly FieldError[] {
  const path = spec.child('signerName')
  const signerName = stringAt(request, 'spec', 'signerName')
  return signerName === legacySigner
    ? [invalidValue(path, signerName, 'the legacy signerName is not allowed via this API version')]
    : signerNameErrors(signerName, path)
}

function durationErrors(request: KubeObject): readonly FieldError[] {
  const seconds = numberAt(request, 'spec', 'expirationSeconds')
  if (seconds === undefined || seconds >= shortestDuration) return []
  const detail = 'may not specify a duration less than 600 seconds (10 minutes)'
  return [invalidValue(spec.child('expirationSeconds'), seconds, detail)]
}
