import { fieldErrorMessage, type JsonObject, type JsonValue } from '@fairlead/apimachinery'
import { describe, expect, it } from 'vitest'
import { context, decoded, now, part, resource } from '../testing/built-in.ts'

const requests = resource('certificates.k8s.io', 'certificatesigningrequests')
const spec = { request: 'AA==', signerName: 'example.com/signer', usages: ['client auth'] }

function createProblems(changes: JsonObject): readonly string[] {
  const object = decoded(requests, { spec: { ...spec, ...changes } })
  return requests.strategy.validateCreate(object, context).map(fieldErrorMessage)
}

const knownUsages =
  '"any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping"'
const long = (length: number) => 'a'.repeat(length)

describe('a new signing request', () => {
  it.each<[string, JsonObject]>([
    ['the least', {}],
    ['many usages', { usages: ['signing', 's/mime', 'netscape sgc', 'any'] }],
    ['the shortest duration', { expirationSeconds: 600 }],
    ['a signer of Kubernetes', { signerName: 'kubernetes.io/kubelet-serving' }],
    ['the longest signer', { signerName: `${[63, 63, 63, 61].map(long).join('.')}/${long(63)}.${long(253)}` }],
  ])('with %s is valid', (_what, changes) => {
    expect(createProblems(changes)).toEqual([])
  })

  it.each<[string, JsonObject, readonly string[]]>([
    ['no usages', { usages: [] }, ['spec.usages: Required value']],
    [
      'an unknown usage',
      { usages: ['client auth', 'x'] },
      [`spec.usages[1]: Unsupported value: "x": supported values: ${knownUsages}`],
    ],
    ['a usage twice', { usages: ['any', 'any'] }, ['spec.usages[1]: Duplicate value: "any"']],
    [
      'a short duration',
      { expirationSeconds: 599 },
      ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
    ],
    [
      'the legacy signer',
      { signerName: 'kubernetes.io/legacy-unknown' },
      [
        'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
      ],
    ],
    ['no signer', { signerName: '' }, ['spec.signerName: Required value']],
    ...['signer', 'example.com/a/b'].map((signerName): [string, JsonObject, string[]] => [
      `the signer ${signerName}`,
      { signerName },
      [
        `spec.signerName: Invalid value: "${signerName}": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
      ],
    ]),
    [
      'a signer without a domain',
      { signerName: 'example/signer' },
      ['spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots'],
    ],
    [
      'a bad label in the domain',
      { signerName: 'A.B/signer' },
      [
        `spec.signerName: Invalid value: "A.B": validating label "A": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      ],
    ],
    [
      'a bad label in the path',
      { signerName: 'example.com/a.' },
      [
        `spec.signerName: Invalid value: "a.": validating label "": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    ],
    [
      'a long domain and path',
      { signerName: `${[63, 63, 63, 62].map(long).join('.')}/${[63, 254].map(long).join('.')}` },
      [
        'spec.signerName: Too long: may not be more than 253 bytes',
        expect.stringMatching(/: must be no more than 253 characters$/),
        'spec.signerName: Too long: may not be more than 317 bytes',
      ],
    ],
  ])('with %s is refused', (_what, changes, problems) => {
    expect(createProblems(changes)).toEqual(problems)
  })
})

type Conditions = JsonValue[]

/** What an update of the status makes of the stored one, and its problems. */
function written(endpoint: string, next: JsonObject, previous: JsonObject) {
  const strategy = part(requests, endpoint)
  const stored = decoded(requests, { spec, status: previous })
  const object = decoded(requests, { spec, status: next })
  strategy.prepareForUpdate(object, stored, context)
  const problems = strategy.validateUpdate(object, stored, context).map(fieldErrorMessage)
  return { status: object['status'] as JsonObject, problems }
}

const approved = { type: 'Approved', status: 'True', lastUpdateTime: now, lastTransitionTime: now }
const denied = { ...approved, type: 'Denied' }
const failed = { ...approved, type: 'Failed' }
const other = { ...approved, type: 'Other' }

describe('an approval', () => {
  it.each<[string, Conditions, Conditions]>([
    ['approves', [approved], []],
    ['denies', [denied], []],
    ['stays', [approved], [approved]],
    ['adds another condition', [approved, { ...other, status: 'Unknown' }], [approved]],
    ['takes another condition away', [approved], [approved, other]],
  ])('that %s', (_what, next, previous) => {
    expect(written('approval', { conditions: next }, { conditions: previous }).problems).toEqual([])
  })

  it.each<[string, Conditions, Conditions, readonly string[]]>([
    [
      'takes itself back',
      [],
      [approved],
      ['status.conditions: Forbidden: updates may not remove a condition of type "Approved"'],
    ],
    [
      'takes a failure back',
      [approved],
      [approved, failed],
      ['status.conditions: Forbidden: updates may not remove a condition of type "Failed"'],
    ],
    [
      'approves and denies',
      [approved, denied],
      [approved],
      ['status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive'],
    ],
    [
      'is not true',
      [{ ...approved, status: 'False' }],
      [],
      ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
    ],
    ['has no status', [{ ...approved, status: '' }], [], ['status.conditions[0].status: Required value']],
    [
      'has a strange status',
      [{ ...other, status: 'x' }],
      [],
      ['status.conditions[0].status: Unsupported value: "x": supported values: "False", "True", "Unknown"'],
    ],
    ['has no type', [{ ...other, type: '' }], [], ['status.conditions[0].type: Required value']],
    ['comes twice', [approved, approved], [], ['status.conditions[1].type: Duplicate value: "Approved"']],
  ])('that %s is refused', (_what, next, previous, problems) => {
    expect(written('approval', { conditions: next }, { conditions: previous }).problems).toEqual(problems)
  })

  it('gives no certificate', () => {
    const { status, problems } = written('approval', { certificate: 'AA==', conditions: [approved] }, {})
    expect([status, problems]).toEqual([{ conditions: [approved] }, []])
  })
})

describe('a signer', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const block = (der: string, label = 'CERTIFICATE', headers = '') =>
    base64(`-----BEGIN ${label}-----\n${headers}${der}\n-----END ${label}-----\n`)
  const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
    const content = Buffer.concat(parts)
    return Buffer.concat([Buffer.of(tag, content.length), content])
  }
  const empty = element(0x30)
  const time = element(0x17, Buffer.from('300101000000Z'))
  // Just the fields that are read.
  const body = element(0x30, element(2, Buffer.of(1)), empty, empty, element(0x30, time, time), empty)
  const der = element(0x30, body).toString('base64')
  const certificate = block(der)

  it.each<[string, JsonObject, JsonObject]>([
    ['a certificate', { certificate }, {}],
    ['the same certificate', { certificate }, { certificate }],
    ['text around a certificate', { certificate: base64(`a\n${Buffer.from(certificate, 'base64').toString()}b`) }, {}],
    ['a failure', { conditions: [failed] }, {}],
    ['an approval that was there', { conditions: [approved, failed] }, { conditions: [approved] }],
  ])('may write %s', (_what, next, previous) => {
    expect(written('status', next, previous).problems).toEqual([])
  })

  const invalid = (problem: string) => `status.certificate: Invalid value: "<certificate data>": ${problem}`
  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    [
      'an approval',
      { conditions: [approved] },
      {},
      ['status.conditions: Forbidden: updates may not add a condition of type "Approved"'],
    ],
    [
      'a denial beside an approval',
      { conditions: [approved, denied] },
      { conditions: [approved] },
      [
        'status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive',
        'status.conditions: Forbidden: updates may not add a condition of type "Denied"',
      ],
    ],
    [
      'an approval away',
      { conditions: [failed] },
      { conditions: [approved, failed] },
      ['status.conditions: Forbidden: updates may not remove a condition of type "Approved"'],
    ],
    [
      'another certificate',
      { certificate },
      { certificate: block(der, 'CERTIFICATE', '\n') },
      ['status.certificate: Forbidden: updates may not modify existing certificate content'],
    ],
    [
      'a certificate away',
      {},
      { certificate },
      ['status.certificate: Forbidden: updates may not modify existing certificate content'],
    ],
    ['no PEM', { certificate: base64('hello') }, {}, [invalid('must contain at least one CERTIFICATE PEM block')]],
    [
      'a key',
      { certificate: block(der, 'PRIVATE KEY') },
      {},
      [invalid('only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"')],
    ],
    [
      'headers',
      { certificate: block(der, 'CERTIFICATE', 'A: b\n\n') },
      {},
      [invalid('no PEM block headers are permitted')],
    ],
    ['what is no certificate', { certificate: block('AAAA') }, {}, [invalid('x509: malformed certificate')]],
    [
      'an empty block',
      { certificate: block('') },
      {},
      [invalid('found CERTIFICATE PEM block containing 0 certificates')],
    ],
  ])('may not write %s', (_what, next, previous, problems) => {
    expect(written('status', next, previous).problems).toEqual(problems)
  })

  it('leaves approvals as they are stored', () => {
    const sent = { conditions: [{ ...approved, message: 'mine' }] }
    const { status, problems } = written('status', sent, { conditions: [approved] })
    expect([status, problems]).toEqual([{ conditions: [approved] }, []])
  })
})
