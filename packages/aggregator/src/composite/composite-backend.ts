import { type Clock, formatGroupVersion, type JsonObject } from '@fairlead/apimachinery'
import type { ApiResponse } from '@fairlead/apiserver'
import { aggregatorUser, discoveryPath } from '../availability/probe.ts'
import { type Backend, BackendError, type BackendLocation, type BackendRequest } from '../backend/backend.ts'
import { fetchDocument } from '../backend/fetch-document.ts'
import { firstAnswer } from './first-answer.ts'
import { readResourceList } from './resource-list.ts'

/** How long it is remembered which resources each server has, in milliseconds. */
const remembered = 60_000
const timeout = 5_000
const limit = 1 << 20

export interface CompositeOptions {
  readonly group: string
  readonly version: string
  readonly clock: Clock
}

/**
 * Several servers of one group-version as one: what reads is answered by the first that knows it, in their order; what
 * writes, watches or takes the connection over goes to the first that has the resource. Discovery is that of all together.
 * It fails only when all of them do (MSC-7).
 */
export function compositeBackend(members: readonly Backend[], options: CompositeOptions): Backend {
  const { clock } = options
  const own = discoveryPath(options)
  const lists = new Map<Backend, { readonly at: number; readonly resources: readonly JsonObject[] }>()

  async function listOf(member: Backend, signal: AbortSignal): Promise<readonly JsonObject[]> {
    const known = lists.get(member)
    if (known !== undefined && clock.now() - known.at < remembered) return known.resources
    const common = { clock, user: aggregatorUser, accept: 'application/json', timeout, limit, signal }
    const resources = readResourceList(await fetchDocument(member, own, common))
    lists.set(member, { at: clock.now(), resources })
    return resources
  }

  async function ownerOf(path: string, signal: AbortSignal): Promise<Backend> {
    const resource = resourceIn(path.slice(own.length))
    for (const member of members) {
      const resources = await listOf(member, signal).catch(() => [])
      if (resources.some(({ name }) => name === resource)) return member
    }
    const [first] = members
    if (first === undefined) throw new Error('a composite has servers')
    return first
  }

  async function discovery(request: BackendRequest): Promise<ApiResponse> {
    lists.clear()
    const found = await Promise.allSettled(members.map((member) => listOf(member, request.signal)))
    const answers = found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    if (answers.length === 0) return await firstOf(request)
    const resources = new Map<unknown, JsonObject>()
    for (const resource of answers.flat())
      if (!resources.has(resource['name'])) resources.set(resource['name'], resource)
    const body = {
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: formatGroupVersion(options),
      resources: [...resources.values()],
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  }

  async function send(request: BackendRequest): Promise<ApiResponse> {
    const path = request.path.replace(/\?.*/s, '')
    if (!isReading(request)) return await sendTo(await ownerOf(path, request.signal), request)
    if (path.replace(/\/$/, '') === own) return await discovery(request)
    return await firstOf({ ...request, headers: withoutProtobuf(request.headers) })
  }

  function firstOf(request: BackendRequest): Promise<ApiResponse> {
    const servers = members.map((member) => () => sendTo(member, request))
    return firstAnswer(servers, request.signal)
  }

  return {
    usesService: members[0]?.usesService === true,
    members,
    locate(): BackendLocation {
      return {
        host: firstHost(members),
        send,
        async upgrade(request) {
          const owner = await ownerOf(request.path.replace(/\?.*/s, ''), request.signal)
          return await owner.locate().upgrade(request)
        },
      }
    },
    presented: () => members[0]?.presented(),
    renew() {
      for (const member of members) member.renew()
    },
    destroy() {
      for (const member of members) member.destroy()
    },
  }
}

/** A server that there is no way to is one that cannot be reached. */
async function sendTo(member: Backend, request: BackendRequest): Promise<ApiResponse> {
  let location: BackendLocation
  try {
    location = member.locate()
  } catch (cause) {
    throw new BackendError(cause instanceof Error ? cause.message : String(cause), { cause, stage: 'dial' })
  }
  return await location.send(request)
}

/** Throws what the first one throws when there is a way to none. */
function firstHost(members: readonly Backend[]): string {
  let problem: unknown
  for (const member of members) {
    try {
      return member.locate().host
    } catch (error) {
      problem ??= error
    }
  }
  throw problem
}

function isReading({ method, path, body }: BackendRequest): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || body !== undefined) return false
  const watch = new URLSearchParams(path.replace(/^[^?]*\??/, '')).get('watch')
  return watch === null || watch === 'false' || watch === '0'
}

/** `pods` of `/namespaces/NS/pods/NAME`. */
function resourceIn(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '')
  return parts[0] === 'namespaces' && parts.length > 2 ? parts[2] : parts[0]
}

/** An empty list can be told from others in JSON; who takes that as well gets it. */
function withoutProtobuf(headers: BackendRequest['headers']): BackendRequest['headers'] {
  const { accept } = headers
  if (typeof accept !== 'string') return headers
  const others = accept.split(',').filter((type) => !type.includes('protobuf'))
  return others.length === 0 ? headers : { ...headers, accept: others.join(',') }
}
