import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { connect as connectHttp2 } from 'node:http2'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import {
  alwaysAllow,
  buildAuthenticator,
  createApiServer,
  createAuthority,
  issueCertificate,
  type KeyPair,
} from '@fairlead/apiserver'
import { createManualClock, type ManualClock } from '@fairlead/storage/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { tmpdir } from 'node:os'
import type { Logger } from '../logging/logger.ts'
import { TrustedAuthorities } from './trusted-authorities.ts'
import { followCertificates, followFiles, followTokenFile, reloadInterval, ServedTls } from './reload.ts'

let folder: string
let clock: ManualClock
let logged: string[]
let wake: (() => void) | undefined
const cleanups: (() => Promise<void> | void)[] = []

const note = (level: string) => (_fields: object, message: string) => {
  logged.push(`${level}: ${message}`)
  wake?.()
}
const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
const kept = 'error: files have changed and cannot be used; the old ones stay'
const reloaded = 'info: files have changed and are read again'

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reload-'))
  clock = createManualClock(Date.now())
  logged = []
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
  await rm(folder, { recursive: true })
})

const path = (name: string) => join(folder, name)

/** Files are replaced whole. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(path(`${name}.new`), text)
  await rename(path(`${name}.new`), path(name))
}

/** Lets the followers look until one of them says something. */
async function look(): Promise<string | undefined> {
  const before = logged.length
  const heard = new Promise<void>((resolve) => {
    wake = resolve
  })
  const turn = setInterval(() => clock.advance(reloadInterval), 5)
  await heard
  clearInterval(turn)
  return logged[before]
}

test('content counts, not time; bad content is told once', async () => {
  await put('a', '1')
  const applied: string[] = []
  const stop = followFiles(
    [path('a')],
    ([text = '']) => {
      if (text === 'bad') throw new Error('no')
      applied.push(text)
    },
    { clock, logger },
  )
  cleanups.push(stop)
  await put('a', '1')
  await put('a', '2')
  // The first look may see either content.
  if (!applied.includes('2')) await look()
  await put('a', 'bad')
  expect(await look()).toBe(kept)
  await put('a', '3')
  expect(await look()).toBe(reloaded)
  await rm(path('a'))
  expect(await look()).toBe(kept)
  await put('a', '4')
  expect(await look()).toBe(reloaded)
  expect(applied.slice(-3)).toEqual(['2', '3', '4'])
  expect(logged.filter((line) => line === kept)).toHaveLength(2)
})

test('tokens come and go with their file', async () => {
  await put('tokens', 'old,jane,1\n')
  const { tokens, stop } = await followTokenFile(path('tokens'), { clock, logger })
  cleanups.push(stop)
  expect((await tokens('old'))?.user.name).toBe('jane')
  await put('tokens', 'broken')
  await look()
  expect((await tokens('old'))?.user.name).toBe('jane')
  await put('tokens', 'new,bob,2\n')
  await look()
  expect([await tokens('old'), (await tokens('new'))?.user.name]).toEqual([undefined, 'bob'])
  expect(JSON.stringify(logged)).not.toMatch(/broken|old,/)
})

test('a serving certificate and a client CA change while a watch goes on', async () => {
  const notBefore = new Date(Date.now() - 60_000)
  const notAfter = new Date(Date.now() + 3_600_000)
  const [first, second, proxies] = await Promise.all([
    createAuthority('first', notBefore, notAfter),
    createAuthority('second', notBefore, notAfter),
    createAuthority('proxies', notBefore, notAfter),
  ])
  const server = (authority: KeyPair) =>
    issueCertificate(authority, { commonName: 'x', usage: 'server', hosts: ['127.0.0.1'], notBefore, notAfter })
  const client = (authority: KeyPair) =>
    issueCertificate(authority, { commonName: 'jane', usage: 'client', notBefore, notAfter })
  const [old, renewed, jane, later] = await Promise.all([server(first), server(second), client(first), client(second)])

  const authorities = new TrustedAuthorities(first.certificate, proxies.certificate)
  let send: ((text: string) => void) | undefined
  const api = createApiServer({
    clock,
    log: { error: () => {} },
    authenticate: buildAuthenticator({ clock, clientAuthorities: () => authorities.client }),
    authorizer: alwaysAllow,
    handlers: [
      ({ info }) => ({
        status: 200,
        headers: {},
        body: async (sink) => {
          if (info.verb !== 'watch') return
          send = (text) => void sink.write(Buffer.from(text))
          send('started')
          await new Promise((resolve) => sink.signal.addEventListener('abort', resolve))
        },
      }),
    ],
  })
  const tls = { ...old, clientCa: authorities.all }
  const listener = await api.listen({ host: '127.0.0.1', port: 0, tls })
  cleanups.push(() => api.shutDown({ requestGrace: 0, watchGrace: 0 }))
  await Promise.all([put('crt', old.certificate), put('key', old.key), put('ca', first.certificate)])
  const served = new ServedTls(tls, listener)
  const told: string[] = []
  served.onChange(() => told.push(served.certificate))
  const files = { certificate: { certificate: path('crt'), key: path('key') }, clientCa: path('ca'), named: [] }
  cleanups.push(
    followCertificates(files, served, { authorities, ownAuthority: '', frontProxyCaFile: undefined, clock, logger }),
  )

  const trust = [first.certificate, second.certificate]
  const session = connectHttp2(`https://127.0.0.1:${listener.port}`, {
    ca: trust,
    cert: jane.certificate,
    key: jane.key,
  })
  cleanups.push(() => session.destroy())
  const watch = session.request({ ':path': '/api/v1/pods?watch=1' }).setEncoding('utf8')
  expect(await once(watch, 'data')).toEqual(['started'])

  const shown = async () => {
    const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: trust })
    await once(socket, 'secureConnect')
    const certificate = socket.getPeerX509Certificate()
    socket.destroy()
    return certificate?.fingerprint256
  }
  const fingerprint = ({ certificate }: KeyPair) => new X509Certificate(certificate).fingerprint256
  const statusFor = async ({ certificate, key }: KeyPair) => {
    const own = connectHttp2(`https://127.0.0.1:${listener.port}`, { ca: trust, cert: certificate, key })
    const stream = own.request({ ':path': '/api/v1/pods' })
    const [headers] = await once(stream, 'response')
    own.destroy()
    return (headers as Record<string, unknown>)[':status']
  }
  expect([await shown(), await statusFor(jane), await statusFor(later)]).toEqual([fingerprint(old), 200, 401])

  await put('crt', renewed.certificate)
  await look()
  expect([logged.at(-1), await shown()]).toEqual([kept, fingerprint(old)])
  await put('key', renewed.key)
  await look()
  expect([logged.at(-1), await shown()]).toEqual([reloaded, fingerprint(renewed)])
  expect(told.at(-1)).toBe(renewed.certificate)
  await put('ca', '')
  await look()
  expect([logged.at(-1), await statusFor(jane)]).toEqual([kept, 200])
  await put('ca', second.certificate)
  await look()
  expect([await statusFor(jane), await statusFor(later), await shown()]).toEqual([401, 200, fingerprint(renewed)])

  // Nor does a certificate whose authority is gone go on counting on a connection that was there before.
  const stale = session.request({ ':path': '/api/v1/pods' })
  expect((await once(stale, 'response'))[0]).toMatchObject({ ':status': 401 })
  send?.('still there')
  expect(await once(watch, 'data')).toEqual(['still there'])
}, 30_000)
