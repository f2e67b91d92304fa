import { randomUUID } from 'node:crypto'
import {
  conflict,
  deepCopy,
  type FieldError,
  formatTimestamp,
  invalid,
  type KubeObject,
  notFound,
} from '@fairlead/apimachinery'
import type { ListRequest, ObjectKey, RequestContext, RestResource, StoredObject } from '@fairlead/apiserver'
import type { StrategyContext } from '@fairlead/openapi'
import type { ProviderObject } from './provider.ts'
import { type ProviderParts, requestOf } from './provider-parts.ts'
import { watchProvider } from './provider-watch.ts'

/** What a provider's functions make a resource able to do, under the same rules as stored resources. */
export function providerRest(parts: ProviderParts): RestResource {
  const { description, provider, make, clock } = parts
  const resource = { group: description.group, resource: description.resource }
  const { strategy } = description

  const find = async (context: RequestContext, key: ObjectKey): Promise<StoredObject> => {
    const found = await provider.get?.(key, requestOf(context))
    if (found === undefined) throw notFound(resource, key.name)
    return make(found)
  }
  const list = async (context: RequestContext, request: ListRequest): Promise<readonly StoredObject[]> => {
    const objects = (await provider.list?.(request.namespace, requestOf(context))) ?? []
    return [...objects]
      .map((object: ProviderObject<object>) => make(object))
      .filter((object) => request.labelSelector.matches(object.labels) && request.fieldSelector.matches(object.fields))
      .sort((a, b) => compareKeys(a.object(), b.object()))
  }
  const strategyContext = (context: RequestContext, namespace: string): StrategyContext => ({
    clock,
    namespace,
    user: context.user,
  })
  const check = (object: KubeObject, errors: readonly FieldError[]): void => {
    if (errors.length > 0) {
      throw invalid({ group: description.group, kind: description.kind }, object.metadata.name ?? '', errors)
    }
  }

  return {
    ...(provider.get && { get: (context, key) => find(context, key) }),
    ...(provider.list && {
      async list(context, request) {
        const revision = (await provider.revision?.()) ?? 0
        return { revision, items: await list(context, request), continue: '' }
      },
    }),
    ...(provider.watch && {
      watch: (context, request, handler) =>
        watchProvider(parts, {
          context,
          request,
          handler,
          list: () => list(context, { ...request, limit: 0, continue: '' }),
        }),
    }),
    ...(provider.create && {
      async create(context, object, { admit, dryRun, namespace }) {
        const name = object.metadata.name ?? ''
        await admit.mutate({ operation: 'CREATE', name, object })
        object.metadata.uid = randomUUID()
        object.metadata.creationTimestamp = formatTimestamp(clock.now())
        const own = strategyContext(context, namespace)
        strategy.prepareForCreate(object, own)
        check(object, strategy.validateCreate(object, own))
        await admit.validate({ operation: 'CREATE', name, object })
        return make(dryRun ? object : ((await provider.create?.(object, requestOf(context))) ?? object))
      },
    }),
    ...(provider.update && {
      async update(context, { key, desired }, { admit, dryRun }) {
        const current = await find(context, key)
        const previous = current.object()
        const object = await desired(current)
        const wanted = object.metadata.resourceVersion ?? ''
        const held = previous.metadata.resourceVersion ?? ''
        if (wanted !== '' && held !== '' && wanted !== held) throw conflict(resource, key.name, modified)
        for (const name of ['uid', 'creationTimestamp'] as const) restore(object, previous, name)
        const own = strategyContext(context, key.namespace)
        strategy.prepareForUpdate(object, previous, own)
        await admit.mutate({ operation: 'UPDATE', name: key.name, object, oldObject: previous })
        check(object, strategy.validateUpdate(object, previous, own))
        await admit.validate({ operation: 'UPDATE', name: key.name, object, oldObject: previous })
        const kept = dryRun ? object : await provider.update?.(object, deepCopy(previous), requestOf(context))
        return { object: make(kept ?? object), created: false }
      },
    }),
    ...(provider.delete && {
      async delete(context, key, options, { admit, dryRun }) {
        const object = await find(context, key)
        const { uid, resourceVersion } = object.object().metadata
        checkPreconditions({ uid, resourceVersion }, options.preconditions, (detail) =>
          conflict(resource, key.name, detail),
        )
        await admit.validate({ operation: 'DELETE', name: key.name, oldObject: object.object() })
        if (!dryRun) await provider.delete?.(deepCopy(object.object()), requestOf(context))
        return { object, gone: true }
      },
    }),
  }
}

const modified = 'the object has been modified; please apply your changes to the latest version and try again'

function checkPreconditions(
  held: { readonly uid: string | undefined; readonly resourceVersion: string | undefined },
  wanted: { readonly uid?: string; readonly resourceVersion?: string } | undefined,
  refuse: (detail: string) => Error,
): void {
  if (wanted?.uid !== undefined && wanted.uid !== held.uid) {
    throw refuse(`Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${held.uid ?? ''}`)
  }
  if (wanted?.resourceVersion !== undefined && wanted.resourceVersion !== held.resourceVersion) {
    throw refuse(
      `Precondition failed: ResourceVersion in precondition: ${wanted.resourceVersion}, ResourceVersion in object meta: ${held.resourceVersion ?? ''}`,
    )
  }
}

function restore(next: KubeObject, previous: KubeObject, name: 'uid' | 'creationTimestamp'): void {
  const value = previous.metadata[name]
  if (value === undefined) delete next.metadata[name]
  else next.metadata[name] = value
}

function compareKeys(a: KubeObject, b: KubeObject): number {
  const [one, two] = [a, b].map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`) as [
    string,
    string,
  ]
  return one < two ? -1 : one > two ? 1 : 0
}
