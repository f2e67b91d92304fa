import { expect, test } from 'vitest'
import { type Flags, flagsHelp, readFlags } from './read-flags.ts'
import { serveFlags, serveOptions } from './serve-flags.ts'

const flags: Flags = {
  name: { value: 'NAME', description: 'A name.', default: 'x' },
  names: { value: 'NAME,...', description: 'Some names.' },
  time: { value: 'DURATION', description: 'A time.' },
  port: { value: 'PORT', description: 'A port.' },
  on: { description: 'A switch.' },
}
const port = { minimum: 0, maximum: 65_535 }

test('values stand behind their flag or in it, and the last one counts; lists are added up', () => {
  const read = readFlags(
    ['--name', 'a', '--name=b=c', '--names', 'a,b', '--names=c', '--time=1m30s', '--port', '80'],
    flags,
  )
  expect([read.text('name'), read.list('names'), read.duration('time'), read.integer('port', port)]).toEqual([
    'b=c',
    ['a', 'b', 'c'],
    90_000,
    80,
  ])
})

test('what is absent has its default, or is undefined', () => {
  const read = readFlags([], flags)
  expect([read.text('name'), read.list('names'), read.duration('time'), read.boolean('on')]).toEqual([
    'x',
    undefined,
    undefined,
    undefined,
  ])
  expect([readFlags(['--on'], flags).boolean('on'), readFlags(['--on=false'], flags).boolean('on')]).toEqual([
    true,
    false,
  ])
})

test.each<[readonly string[], string]>([
  [['--nmae', 'x'], 'unknown flag: --nmae'],
  [['--constructor=x'], 'unknown flag: --constructor'],
  [['--name'], 'flag needs an argument: --name'],
  [['x'], 'unexpected argument "x"'],
  [['--on', 'false'], 'unexpected argument "false"'],
  [['-v'], 'unexpected argument "-v"'],
  [['--on=yes'], '--on "yes": expected true or false'],
  [['--time=5'], '--time "5": expected a duration such as 30s, 5m or 1h30m'],
  [['--port=x'], '--port "x": expected a whole number from 0 to 65535'],
  [['--port=65536'], '--port "65536": expected a whole number from 0 to 65535'],
  [['--names=a, ,b'], 'empty value in "names"'],
])('%j is refused: %s', (args, problem) => {
  expect(() => {
    const read = readFlags(args, flags)
    read.boolean('on')
    read.duration('time')
    read.integer('port', port)
    read.list('names')
  }).toThrow(problem)
})

test('the help names every flag', () => {
  expect(flagsHelp(flags)).toContain('  --name NAME\n      A name. (x unless told)\n')
  expect(flagsHelp(flags)).toContain('  --on\n      A switch.\n')
})

const options = (...args: string[]) => serveOptions(readFlags(args, serveFlags))

test('DAN-7 SRV-2 SRV-8: what the flags of a server say', () => {
  expect(options()).toEqual({
    storage: 'memory',
    register: true,
    requestTimeout: 60_000,
    shutdownDelay: 0,
    authentication: { lookup: 'required', tokenTtl: 10_000 },
    authorization: {
      authorizedTtl: 10_000,
      unauthorizedTtl: 10_000,
      alwaysAllowPaths: ['/healthz', '/readyz', '/livez'],
    },
  })
  expect(
    options(
      '--service=ns/api',
      '--secure-port=8443',
      '--authentication-tolerate-lookup-failure',
      '--client-ca-file=ca.crt',
      '--requestheader-client-ca-file=proxy.crt',
      '--requestheader-allowed-names=front-proxy,aggregator',
      '--tls-cert-file=a',
      '--tls-private-key-file=b',
    ),
  ).toMatchObject({
    service: { namespace: 'ns', name: 'api' },
    port: 8443,
    authentication: {
      lookup: 'tolerated',
      clientCaFile: 'ca.crt',
      requestHeader: {
        clientCaFile: 'proxy.crt',
        allowedNames: ['front-proxy', 'aggregator'],
        usernameHeaders: ['x-remote-user'],
        groupHeaders: ['x-remote-group'],
        extraHeadersPrefix: ['x-remote-extra-'],
      },
    },
    certificateFiles: { certificate: 'a', key: 'b' },
  })
  expect(options('--authentication-skip-lookup').authentication?.lookup).toBe('skipped')
})

test.each([
  ['--service=api', '--service "api": expected NAMESPACE/NAME'],
  ['--tls-cert-file=a', '--tls-cert-file and --tls-private-key-file go together'],
  ['--requestheader-username-headers=X-Remote-User,', 'empty value in "requestheader-username-headers"'],
  ['--secure-port=-1', '--secure-port "-1": expected a whole number from 0 to 65535'],
])('%s is refused', (arg, problem) => {
  expect(() => options(arg)).toThrow(problem)
})
