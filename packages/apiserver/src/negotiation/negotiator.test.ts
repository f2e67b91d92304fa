import { describe, expect, test } from 'vitest'
import { createNegotiator } from './negotiator.ts'

const builtin = { protobuf: true, table: true }
const custom = { protobuf: false, table: true }
const bare = { protobuf: true, table: false }
const supported = 'application/json, application/yaml, application/vnd.kubernetes.protobuf'
const streams = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

const request = (accept: string | undefined, rawQuery = '', agent = '') => ({
  headers: { accept, 'user-agent': agent },
  rawQuery,
  query: new URLSearchParams(rawQuery),
})
const short = ({ format, pretty, transform }: ReturnType<ReturnType<typeof createNegotiator>['output']>) =>
  `${format}${pretty ? ' pretty' : ''}${transform === undefined ? '' : ` ${transform.kind} ${transform.version}`}`

describe('output', () => {
  const negotiator = createNegotiator()
  test.each([
    [undefined, builtin, 'json'],
    ['', builtin, 'json'],
    ['*/*', builtin, 'json'],
    ['application/json', builtin, 'json'],
    ['application/yaml', builtin, 'yaml'],
    ['application/vnd.kubernetes.protobuf,application/json', builtin, 'protobuf'],
    ['application/vnd.kubernetes.protobuf,application/json', custom, 'json'],
    ['application/json;q=0.1,application/yaml', builtin, 'yaml'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', builtin, 'json'],
    [`${table},application/json`, builtin, 'json Table v1'],
    [`${table},application/json`, bare, 'json'],
    [
      'application/json;as=Table;v=v2;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io',
      builtin,
      'json Table v1beta1',
    ],
    ['application/yaml;as=Table;v=v1;g=meta.k8s.io', builtin, 'yaml Table v1'],
    ['application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json', builtin, 'json'],
    [
      'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
      custom,
      'protobuf PartialObjectMetadata v1',
    ],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1', builtin, 'json PartialObjectMetadataList v1'],
    ['application/json;pretty=1', builtin, 'json pretty'],
    ['application/json;sv=v1', builtin, 'json'],
    ['application/json;stream=watch', builtin, 'json'],
    ['application/json;charset=utf-8;profile=x', builtin, 'json'],
  ])('%s', (accept, offer, expected) => {
    expect(short(negotiator.output(request(accept), offer, false))).toBe(expected)
    expect(short(negotiator.output(request(accept), offer, false))).toBe(expected)
  })

  test.each([
    [table, bare, `only the following media types are accepted: ${supported}`],
    ['application/vnd.kubernetes.protobuf', custom, `only the following media types are accepted: ${supported}`],
    ['application/json;sv=v2', builtin, `only the following media types are accepted: ${supported}`],
    ['application/yaml;stream=watch', builtin, `only the following media types are accepted: ${supported}`],
    ['application/json;as=Table', builtin, `only the following media types are accepted: ${supported}`],
    ['text/html', builtin, `406: Not Acceptable\n\nAvailable representations: ${supported}`],
    ['application/*', builtin, `406: Not Acceptable\n\nAvailable representations: ${supported}`],
    ['application/cbor', builtin, `406: Not Acceptable\n\nAvailable representations: ${supported}`],
  ])('%s is refused', (accept, offer, message) => {
    expect(() => negotiator.output(request(accept), offer, false)).toThrow(
      expect.objectContaining({ code: 406, reason: 'NotAcceptable', message }),
    )
  })

  test('a type that no route offers is refused with empty details, one that the endpoint refuses without', () => {
    const refused = (accept: string) => {
      try {
        return negotiator.output(request(accept), builtin, false)
      } catch (error) {
        return error
      }
    }
    expect(refused('text/html')).toMatchObject({ status: { details: {} } })
    expect(refused('application/json;sv=v2')).not.toHaveProperty('status.details')
  })

  test.each([
    ['', 'curl/8.5.0', true],
    ['', 'Wget/1.21', true],
    ['', 'Mozilla/5.0 (X11)', true],
    ['', 'kubectl/v1.36.0', false],
    ['pretty=true', 'kubectl/v1.36.0', true],
    ['pretty=1', '', true],
    ['pretty=yes', '', false],
    ['pretty=0', 'curl/8', false],
    ['pretty', 'curl/8', true],
  ])('pretty: ?%s %s', (query, agent, expected) => {
    expect(negotiator.output(request('*/*', query, agent), builtin, false).pretty).toBe(expected)
    expect(negotiator.stream(request('*/*', query, agent), builtin).pretty).toBe(false)
  })

  test('many different headers do not pile up', () => {
    for (let index = 0; index < 2000; index += 1) {
      expect(negotiator.output(request(`application/json;x=${index}`), builtin, false).format).toBe('json')
    }
  })
})

describe('stream', () => {
  const negotiator = createNegotiator()
  test.each([
    ['application/json;stream=watch', 'json'],
    ['application/vnd.kubernetes.protobuf;stream=watch', 'protobuf'],
    ['application/json;pretty=1', 'json'],
    [undefined, 'json'],
  ])('%s', (accept, expected) => {
    expect(short(negotiator.stream(request(accept), builtin))).toBe(expected)
  })

  test('YAML cannot be streamed', () => {
    expect(() => negotiator.stream(request('application/yaml'), builtin)).toThrow(
      expect.objectContaining({ code: 406, message: `only the following media types are accepted: ${streams}` }),
    )
    expect(() => negotiator.stream(request('text/html'), builtin)).toThrow(
      expect.objectContaining({
        message: `406: Not Acceptable\n\nAvailable representations: ${supported}, ${streams}`,
      }),
    )
  })
})
