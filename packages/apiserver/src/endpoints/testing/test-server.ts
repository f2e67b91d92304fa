import { builtinKind, builtinResources } from '@fairlead/api'
import { type Clock, StatusError } from '@fairlead/apimachinery'
import type { Admission, AdmissionAttributes } from '../../admission/admission.ts'
import type { Authorizer } from '../../authorization/authorizer.ts'
import { createErrorRenderer } from '../../negotiation/render-error.ts'
import type { RestResource } from '../../registry/rest/capabilities.ts'
import type { ApiRequest } from '../../request/api-request.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import { parseRequestInfo } from '../../request/parse-request-info.ts'
import { createWarningRecorder } from '../../request/warning-headers.ts'
import { createInProcessTransport, type InProcessTransport } from '../../serving/in-process.ts'
import { composeHandlers } from '../compose-handlers.ts'
import { createResourceHandler, type ResourceHandlerOptions } from '../resource-router.ts'
import type { ServedResource } from '../served-resource.ts'
import { createMemoryRest, type MemoryRest } from './memory-rest.ts'

/** What a test looks at and turns. */
export interface TestServer {
  readonly call: InProcessTransport
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
  /** The storage behind a resource, by `plural` or `plural.group`. */
  memory(resource: string): MemoryRest
  /** Warnings of the latest request. */
  readonly warnings: { texts: readonly string[] }
  /** What admission was asked, in order. */
  readonly admitted: { readonly phase: 'mutate' | 'validate'; readonly attributes: AdmissionAttributes }[]
  readonly admission: { mutate?: Admission['mutate']; validate?: Admission['validate'] }
  /** Delayed calls that wait; call one to let its time come. */
  readonly timers: { readonly delay: number; run(): void }[]
}

const now = Date.UTC(2026, 0, 2, 15, 4, 5)

/** A server over hand-made storages, with the descriptions of the built-in kinds. */
export function createTestServer(
  options: Partial<ResourceHandlerOptions> & { readonly customKinds?: readonly string[] } = {},
): TestServer {
  const memories = new Map<string, MemoryRest>()
  const descriptions = builtinResources()
  const admitted: TestServer['admitted'] = []
  const admission: TestServer['admission'] = {}
  const timers: TestServer['timers'] = []
  const warnings: { texts: readonly string[] } = { texts: [] }
  const clock: Clock = {
    now: () => now,
    after(delay, run) {
      const timer = { delay, run }
      timers.push(timer)
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
  }

  function memory(name: string): MemoryRest {
    const [resource = '', ...group] = name.split('.')
    const known = memories.get(name)
    if (known !== undefined) return known
    const made = createMemoryRest({ group: group.join('.'), resource })
    memories.set(name, made)
    return made
  }

  const find: ResourceHandlerOptions['find'] = (group, version, resource, subresource) => {
    const description = descriptions.find((known) => known.group === group && known.resource === resource)
    const served = description?.versions.find((known) => known.version === version)
    if (description === undefined || served === undefined) return undefined
    const sub = description.subresources.find(({ name }) => name === subresource)
    if (subresource !== '' && sub === undefined) return undefined
    const { rest } = memory(group === '' ? resource : `${resource}.${group}`)
    const kind = (sub === undefined ? undefined : builtinKind(sub.kind)) ?? served.kind
    return {
      group,
      version,
      resource,
      subresource,
      namespaced: description.namespaced,
      kind,
      listKind: description.listKind,
      verbs: sub?.verbs ?? description.verbs,
      isStorageVersion: description.storage?.apiVersion === (group === '' ? version : `${group}/${version}`),
      toStorage: (object) => served.toStorage(object),
      fromStorage: (object) => served.fromStorage(object),
      fieldLabel: (label) => served.fieldLabel(label),
      ...(description.columns !== undefined && sub === undefined && { columns: description.columns }),
      returnsDeletedObject: description.strategy.returnsDeletedObject,
      description,
      ...(sub !== undefined && { subresourceDescription: sub }),
      rest: restOf(description.storage === undefined, sub?.type.of, rest),
      ...(options.customKinds?.includes(resource) && { listItemsCarryKind: true }),
    } satisfies ServedResource
  }

  const resources = createResourceHandler({
    find,
    groupVersions: () =>
      descriptions.flatMap(({ group, versions }) => versions.map(({ version }) => ({ group, version }))),
    findKind: builtinKind,
    admission: {
      async mutate(attributes) {
        admitted.push({ phase: 'mutate', attributes })
        await admission.mutate?.(attributes)
      },
      async validate(attributes) {
        admitted.push({ phase: 'validate', attributes })
        await admission.validate?.(attributes)
      },
    },
    authorizer: allowAll,
    clock,
    random: () => 0.5,
    ...options,
  })
  const handler = composeHandlers([resources])
  const render = createErrorRenderer(builtinKind)
  const handle: TestServer['handle'] = async (request) => {
    const recorder = createWarningRecorder()
    warnings.texts = recorder.texts
    const context = {
      request,
      info: parseRequestInfo(request),
      auditId: 'audit',
      receivedAt: now,
      warnings: recorder,
      user: { name: 'tester', groups: ['system:authenticated'] },
      signal: request.signal,
    }
    try {
      return await handler(context)
    } catch (error) {
      if (!StatusError.is(error)) throw error
      return render(error, context)
    }
  }
  return { call: createInProcessTransport(handle), handle, memory, warnings, admitted, admission, timers }
}

const allowAll: Authorizer = () => ({ decision: 'allow' })

function restOf(unstored: boolean, of: string | undefined, rest: RestResource): RestResource {
  if (of === 'action' || unstored) {
    return {
      async perform(_context, key, object, { admit }) {
        await admit.mutate({ operation: 'CREATE', name: key.name, object })
        await admit.validate({ operation: 'CREATE', name: key.name, object })
        if (of !== 'action') return object
        return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }
      },
    }
  }
  return of === 'connect' ? {} : rest
}
