import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { http2Client } from '../support/http2-client.ts'
import { type Answer, type HttpsClient, httpsClient } from '../support/https-client.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { storedState } from '../support/stored-state.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const path = '/api/v1/namespaces/default/configmaps'
const protobuf = 'application/vnd.kubernetes.protobuf'
const unrecognized = 'the object provided is unrecognized (must be of type ConfigMap): '
const noKind = `${unrecognized}couldn't get version/kind; json parse error: `
const badConfigMap = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: '
const dnsSubdomain = 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters'
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)
const bytes = (...parts: (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

type Body = string | Uint8Array
type Row = readonly [what: string, body: Body, code: number, message: string]

const json: readonly Row[] = [
  ['nothing', '', 400, `${noKind}unexpected end of JSON input (<empty>)`],
  ['spaces', '  ', 400, `${noKind}unexpected end of JSON input (2020)`],
  ['half an object', '{"a":', 400, `${noKind}unexpected end of JSON input ({"a":)`],
  ['a trailing comma', '{"metadata":{"name":"a",}}', 400, `${noKind}invalid character '}' looking for beginning of`],
  ['single quotes', "{'a':1}", 400, `${noKind}invalid character '\\'' looking for beginning of object key string`],
  ['text behind', '{"metadata":{"name":"a"}} x', 400, `${noKind}invalid character 'x' after top-level value`],
  ['two documents', '{"metadata":{"name":"a"}}{}', 400, `${noKind}invalid character '{' after top-level value`],
  ['NaN', '{"data":{"a":NaN}}', 400, `${noKind}invalid character 'N' looking for beginning of value`],
  [
    'a control character',
    '{"metadata":{"name":"a\u0001"}}',
    400,
    `${noKind}invalid character '\\x01' in string literal`,
  ],
  ['a byte order mark', '\ufeff{"metadata":{"name":"a"}}', 400, `${noKind}invalid character 'ï' looking for`],
  ['a list', '[]', 400, `${noKind}json: cannot unmarshal array into Go value of type struct`],
  ['a number', '1', 400, `${noKind}json: cannot unmarshal number into Go value of type struct`],
  ['null', 'null', 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
  ['a number for kind', '{"kind":1}', 400, `${noKind}json: cannot unmarshal number into Go struct field .kind of`],
  ['a number beyond float64', '{"a":1e400}', 400, `${noKind}json: cannot unmarshal number 1e400 into Go value`],
  [
    'another kind',
    '{"kind":"Secret","apiVersion":"v1"}',
    400,
    'Secret in version "v1" cannot be handled as a ConfigMap',
  ],
  [
    'an unknown kind',
    '{"kind":"Foo","apiVersion":"v1"}',
    400,
    'Foo in version "v1" cannot be handled as a ConfigMap: no',
  ],
  ['a bad version', '{"kind":"ConfigMap","apiVersion":"a/b/c"}', 400, `${unrecognized}unexpected GroupVersion string`],
  [
    'metadata that is text',
    '{"metadata":"x"}',
    400,
    `${badConfigMap}json: cannot unmarshal string into Go struct field`,
  ],
  ['data that is text', '{"data":"x"}', 400, `${badConfigMap}json: cannot unmarshal string into Go struct field`],
  ['a number for text', '{"data":{"a":1}}', 400, `${badConfigMap}json: cannot unmarshal number into Go struct field`],
  [
    'a fraction for an integer',
    '{"metadata":{"generation":1.5}}',
    400,
    `${badConfigMap}json: cannot unmarshal number 1.5`,
  ],
  ['10,001 levels of lists', `{"x":${nested('[', ']', 10_001)}}`, 400, `${noKind}exceeded max depth`],
  ['20,000 levels of objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 400, `${noKind}exceeded max depth`],
  ['3 million open brackets', '['.repeat(3_000_000), 400, `${noKind}exceeded max depth`],
  ['one byte over the limit', ' '.repeat(3_145_729), 413, 'Request entity too large: limit is 3145728'],
  [
    'a name in capitals',
    '{"metadata":{"name":"A"}}',
    422,
    `ConfigMap "A" is invalid: metadata.name: Invalid value: "A": ${dnsSubdomain}`,
  ],
  ['a name with a slash', '{"metadata":{"name":"a/b"}}', 422, 'ConfigMap "a/b" is invalid: '],
  ['a name of dots', '{"metadata":{"name":".."}}', 422, 'ConfigMap ".." is invalid: '],
  ['a name with a zero byte', '{"metadata":{"name":"a\\u0000"}}', 422, 'ConfigMap "a\\x00" is invalid: '],
  [
    'a name that is too long',
    `{"metadata":{"name":"${'a'.repeat(254)}"}}`,
    422,
    `ConfigMap "${'a'.repeat(254)}" is invalid: `,
  ],
  ['a name that is not UTF-8', bytes('{"metadata":{"name":"', [0xff], '"}}'), 422, 'ConfigMap "\ufffd" is invalid: '],
  [
    'a name on a prototype',
    '{"__proto__":{"metadata":{"name":"a"}}}',
    422,
    'ConfigMap "" is invalid: metadata.name: Required',
  ],
  [
    'a name on a nested prototype',
    '{"metadata":{"__proto__":{"name":"a"}}}',
    422,
    'ConfigMap "" is invalid: metadata.name: Req',
  ],
  [
    'a label of a prototype',
    '{"metadata":{"name":"a","labels":{"__proto__":"x"}}}',
    422,
    'ConfigMap "a" is invalid: metadata.labels',
  ],
]

const bomb = `a: &a [x]\n${'bcdefghijk'
  .split('')
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`)
  .join('\n')}`

const yaml: readonly Row[] = [
  ['nothing', '', 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
  ['text', 'abc', 400, `${noKind}json: cannot unmarshal string into Go value of type struct`],
  ['a tab', '\ta: 1', 400, `${unrecognized}yaml: line 1: `],
  ['an open list', 'a: [1', 400, `${unrecognized}yaml: line 1: `],
  ['an unknown alias', 'a: *x', 400, `${unrecognized}yaml: unknown anchor 'x' referenced`],
  ['an alias of itself', 'a: &a [*a]', 400, `${unrecognized}yaml: anchor 'a' value contains itself`],
  ['aliases of aliases of aliases', bomb, 400, `${unrecognized}yaml: document contains excessive aliasing`],
  ['20,000 levels of lists', '['.repeat(20_000), 400, `${unrecognized}yaml: exceeded max depth of 10000`],
  ['20,000 levels of maps', '{a: '.repeat(20_000), 400, `${unrecognized}yaml: exceeded max depth of 10000`],
  ['bytes that are not UTF-8', bytes('a: "', [0xff], '"'), 400, `${unrecognized}yaml: invalid leading UTF-8 octet`],
  [
    'a tag that runs code elsewhere',
    'metadata: !!js/function "x"',
    400,
    `${badConfigMap}json: cannot unmarshal string`,
  ],
]

const envelope = (...rest: (string | readonly number[])[]) => bytes('k8s\0', ...rest)
const protobufs: readonly Row[] = [
  ['nothing', '', 400, `${unrecognized}empty data (<empty>)`],
  [
    'JSON',
    '{}',
    400,
    `${unrecognized}provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]`,
  ],
  ['an envelope without anything', envelope(), 400, `${unrecognized}empty body`],
  ['half a field', envelope([0x0a, 0x20, 0x31]), 400, `${unrecognized}unexpected EOF`],
  ['a length of 4 GiB', envelope([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]), 400, `${unrecognized}unexpected EOF`],
  ['an endless number', envelope(Array(20).fill(0xff)), 400, `${unrecognized}proto: `],
]

type Patch = readonly [kind: 'json' | 'merge' | 'strategic-merge', body: string, code: number, message: string]
const generic = 'the server rejected our request due to an error in our request'
const patches: readonly Patch[] = [
  ['json', '{', 400, 'error decoding patch: unexpected end of JSON input'],
  ['json', '{}', 400, 'error decoding patch: json: cannot unmarshal object into Go value of type'],
  ['json', '[{"op":"fly"}]', 422, generic],
  ['json', '[{"op":"test","path":"/data/a","value":"z"}]', 422, generic],
  ['json', '[{"op":"add","path":"/__proto__/x","value":1}]', 422, generic],
  ['json', '[{"op":"add","path":"/constructor/prototype/x","value":1}]', 422, generic],
  [
    'json',
    `[${Array(10_001).fill('{"op":"test","path":"/kind","value":"ConfigMap"}').join(',')}]`,
    413,
    'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  ],
  ['merge', '[', 400, 'error decoding patch: unexpected end of JSON input'],
  [
    'merge',
    '[]',
    400,
    'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
  ],
  ['merge', `${'{"data":'.repeat(12_000)}1${'}'.repeat(12_000)}`, 400, 'error decoding patch: exceeded max depth'],
  [
    'merge',
    '{"metadata":{"name":"other"}}',
    400,
    'the name of the object (other) does not match the name on the URL (kept)',
  ],
  [
    'merge',
    '{"metadata":{"uid":"other"}}',
    422,
    'ConfigMap "kept" is invalid: metadata.uid: Invalid value: "other": field is immutable',
  ],
  ['strategic-merge', '{', 400, 'unexpected end of JSON input'],
  ['strategic-merge', '{"$patch":"fly"}', 500, 'unknown patch type: fly in map: map[$patch:fly]'],
]

describe('bodies that no client should send', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let server: ServerProcess
  let client: HttpsClient
  let stored: readonly string[]
  beforeAll(async () => {
    folder = await temporaryFolder()
    server = await startServerProcess(folder.path, ['--storage', 'memory', '--log-level', 'error'])
    client = await httpsClient(server.kubeconfig)
    await client.post(path, { metadata: { name: 'kept' }, data: { a: 'b' } })
    stored = await storedState(client)
  })
  afterAll(async () => {
    client.close()
    await server.end('SIGKILL')
    await folder.remove()
  })

  /** The answer is the Status that the specification says, and nothing has changed. */
  const expectRefusal = (answer: Answer, code: number, message: string): void => {
    const { kind, apiVersion, code: told, message: text } = answer.json
    expect({ kind, apiVersion, told, http: answer.status }).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      told: code,
      http: code,
    })
    expect(text?.slice(0, message.length)).toBe(message)
  }
  const expectNothingChanged = async (): Promise<void> => {
    expect(await storedState(client)).toEqual(stored)
    expect(server.output()).not.toMatch(/panicked/)
  }

  test.each(json)('JSON: %s', async (_, body, code, message) => {
    expectRefusal(await client.post(path, body), code, message)
    const { status } = await client.put(`${path}/kept`, body)
    expect(status).toBeGreaterThanOrEqual(400)
  })
  test.each(yaml)('YAML: %s', async (_, body, code, message) => {
    expectRefusal(await client.post(path, body, { type: 'application/yaml' }), code, message)
  })
  test.each(protobufs)('protobuf: %s', async (_, body, code, message) => {
    expectRefusal(await client.post(path, body, { type: protobuf }), code, message)
  })
  test.each(patches)('%s patch: %.60s', async (kind, body, code, message) => {
    expectRefusal(await client.patch(`${path}/kept`, body, kind), code, message)
  })
  test.each([
    'text/plain',
    'application/xml',
    'application/cbor',
    'nonsense',
    ';',
    'application/json, application/yaml',
  ])('Content-Type %s: 415', async (type) => {
    const accepted = `application/json, application/yaml, ${protobuf}`
    const text = `the body of the request was in an unknown format - accepted media types include: ${accepted}`
    expectRefusal(await client.post(path, '{"metadata":{"name":"a"}}', { type }), 415, text)
    expectRefusal(await client.call('DELETE', `${path}/kept`, { type, body: '{}' }), 415, text)
  })
  test.each(['{', '[]', '{"kind":"Pod","apiVersion":"v1"}', '{"gracePeriodSeconds":"x"}', '{"dryRun":["x"]}'])(
    'DELETE with %s deletes nothing',
    async (body) => {
      expect([400, 422]).toContain((await client.delete(`${path}/kept`, body)).status)
    },
  )
  test('so far nothing has changed', () => expectNothingChanged())

  test('keys of prototypes are data like any other', async () => {
    const body =
      '{"metadata":{"name":"odd"},"data":{"__proto__":"a","constructor":"b","toString":"c"},"constructor":{"prototype":{"x":1}}}'
    expect((await client.post(path, body)).status).toBe(201)
    const merge = '{"__proto__":{"polluted":"1"},"data":{"__proto__":"d","hasOwnProperty":"e"}}'
    expect((await client.patch(`${path}/odd`, merge, 'merge')).status).toBe(200)
    const data = Object.entries((await client.get(`${path}/odd`)).json.data ?? {})
    expect(new Map(data)).toEqual(
      new Map([
        ['__proto__', 'd'],
        ['constructor', 'b'],
        ['toString', 'c'],
        ['hasOwnProperty', 'e'],
      ]),
    )
    expect((await client.get(`${path}/kept`)).text).not.toContain('polluted')
    await client.delete(`${path}/odd`)
    await expectNothingChanged()
  })

  test('of keys that stand twice the last counts; Warn tells, Strict refuses', async () => {
    const body = '{"metadata":{"name":"twice"},"data":{"a":"1","a":"2"}}'
    const warned = await client.post(`${path}?dryRun=All`, body)
    expect([warned.status, warned.json.data]).toEqual([201, { a: '2' }])
    expect(warned.headers['warning']).toBe('299 - "duplicate field \\"data.a\\""')
    expectRefusal(
      await client.post(`${path}?fieldValidation=Strict`, body),
      400,
      `${badConfigMap}strict decoding error: duplicate field "data.a"`,
    )
    expect((await client.post(`${path}?fieldValidation=Ignore&dryRun=All`, body)).headers['warning']).toBeUndefined()
  })

  test('mutated protobuf bodies never break the server', async () => {
    const kinds = [
      [
        path,
        { metadata: { name: 'mutant', labels: { a: 'b' }, annotations: { c: 'd' } }, data: { k: 'v'.repeat(200) } },
      ],
      [
        '/api/v1/namespaces/default/pods',
        {
          metadata: { name: 'mutant' },
          spec: {
            containers: [
              { name: 'c', image: 'i', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '500m' } } },
            ],
          },
        },
      ],
      [
        '/apis/apps/v1/namespaces/default/deployments',
        {
          metadata: { name: 'mutant' },
          spec: {
            replicas: 2,
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
          },
        },
      ],
    ] as const
    for (const [collection, object] of kinds) {
      const made = await client.post(`${collection}?dryRun=All`, object, { headers: { accept: protobuf } })
      expect([made.status, made.headers['content-type']]).toEqual([201, protobuf])
      const mutation = fc.record({ at: fc.nat(made.bytes.length - 1), byte: fc.nat(255), insert: fc.boolean() })
      const truncation = fc.option(fc.nat(made.bytes.length), { nil: made.bytes.length })
      await fc.assert(
        fc.asyncProperty(fc.array(mutation, { maxLength: 6 }), truncation, async (mutations, length) => {
          let body = Buffer.from(made.bytes)
          for (const { at, byte, insert } of mutations) {
            body = Buffer.concat([body.subarray(0, at), Buffer.from([byte]), body.subarray(insert ? at : at + 1)])
          }
          const { status, text } = await client.post(`${collection}?dryRun=All`, body.subarray(0, length), {
            type: protobuf,
          })
          // 404 is a namespace that has become another one; 500 only a resourceVersion on what is to be created.
          if (status === 500) expect(text).toContain('resourceVersion should not be set on objects to be created')
          else expect([201, 400, 403, 404, 422]).toContain(status)
        }),
        { numRuns: 300 },
      )
    }
    await expectNothingChanged()
  })

  test('an object as deep as any may be is stored, patched and read in every form', async () => {
    const revisions = '/apis/apps/v1/namespaces/default/controllerrevisions'
    const deep = (depth: number) => `${'{"a":'.repeat(depth)}[1]${'}'.repeat(depth)}`
    for (const depth of [1000, 3000, 6000, 9900]) {
      const body = `{"metadata":{"name":"deep"},"revision":1,"data":${deep(depth)}}`
      expect((await client.post(revisions, body)).status).toBe(201)
      const one = `${revisions}/deep`
      expect((await client.patch(one, `{"data":${deep(depth - 5)}}`, 'merge')).status).toBe(200)
      const operations = `[{"op":"add","path":"/data","value":${deep(depth)}},{"op":"test","path":"/data","value":${deep(depth)}}]`
      expect((await client.patch(one, operations, 'json')).status).toBe(200)
      const forms = ['application/yaml', protobuf, 'application/json;as=Table;g=meta.k8s.io;v=v1', 'application/json']
      for (const accept of forms) {
        for (const target of [one, `${one}?pretty=1&includeObject=Object`, revisions]) {
          expect((await client.get(target, { accept })).status).toBe(200)
        }
      }
      expect((await client.delete(one)).status).toBe(200)
    }
    await expectNothingChanged()
  })

  test('100 MB: 413, over HTTP/1.1 and HTTP/2, declared or in chunks', async () => {
    const huge = Buffer.alloc(100_000_000, 'x')
    const before = await server.memory()
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await client.call('POST', path, { body: huge, headers })
      expectRefusal(answer, 413, 'Request entity too large: limit is 3145728')
      expect(answer.headers['connection']).toBe('close')
    }
    // The client's own limit, in MB: what it has not sent when the answer comes counts.
    const http2 = await http2Client(server.kubeconfig, { maxSessionMemory: 1000 })
    for (const [method, target] of [
      ['POST', path],
      ['PUT', `${path}/kept`],
      ['PATCH', `${path}/kept`],
      ['DELETE', `${path}/kept`],
    ] as const) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
      expectRefusal(
        await http2.call(method, target, { headers: { 'content-type': type }, body: huge }),
        413,
        'Request entity too large: limit is 3145728',
      )
    }
    expect((await http2.call('GET', '/readyz')).text).toBe('ok')
    http2.close()
    const after = await server.memory()
    expect(after.external - before.external).toBeLessThan(20_000_000)
    await expectNothingChanged()
  })

  test('memory is back to normal after each round of all of it', async () => {
    const round = async (): Promise<number> => {
      for (const [, body] of json) await client.post(path, body)
      for (const [, body] of protobufs) await client.post(path, body, { type: protobuf })
      for (const [, body] of yaml.filter(([, { length }]) => length < 1000))
        await client.post(path, body, { type: 'application/yaml' })
      for (const [kind, body] of patches) await client.patch(`${path}/kept`, body, kind)
      const { heapUsed, external } = await server.memory()
      return heapUsed + external
    }
    await round()
    const settled = await round()
    for (let count = 0; count < 3; count += 1) expect((await round()) - settled).toBeLessThan(5_000_000)
    await expectNothingChanged()
  })
})
