import { methodNotSupported } from '@fairlead/apimachinery'
import { mediaTypes, streamMediaTypes } from '../../negotiation/media-type.ts'
import type { WatchRequest, WatchSession } from '../../registry/rest/capabilities.ts'
import type { ApiResponse } from '../../request/api-response.ts'
import type { RequestContext } from '../../request/request-context.ts'
import { isWebSocketRequest } from '../../serving/websocket.ts'
import { type ListOptions, parseListOptions } from '../options/list-options.ts'
import { storageFieldSelector } from '../options/select.ts'
import type { ServedResource } from '../served-resource.ts'
import { parseIncludeObject } from '../transform/table.ts'
import { createEventEncoder, type EventEncoder } from '../watch/event-encoder.ts'
import { createEventQueue, type EventQueue } from '../watch/event-queue.ts'
import { sendEvents } from '../watch/websocket-events.ts'
import { writeEvents } from '../watch/write-events.ts'
import type { HandlerServices, VerbHandler } from './handler-services.ts'
import { outputOffer } from './respond-object.ts'

/** GET of a collection with `watch`, and everything under the deprecated `/watch/` prefix. */
export const handleWatch: VerbHandler = async (services, resource, context) => {
  const { rest } = resource
  const { request, info } = context
  const output = services.negotiator.stream(request, outputOffer(resource))
  const options = parseListOptions(request, info.verbPrefix === 'watch')
  const fieldSelector = storageFieldSelector(resource, options, info)
  const includeObject = output.transform?.kind === 'Table' ? parseIncludeObject(request.query) : 'Metadata'
  if (rest.watch === undefined) throw methodNotSupported(resource, 'watch')

  const timeoutMs = watchTime(options, services)
  const queue = createEventQueue(services.watchBufferLimit, () => services.onSlowWatcher(resource))
  const session = await rest.watch(context, watchRequest(resource, context, { ...options, fieldSelector, timeoutMs }), {
    onEvents: (events) => queue.push(events),
    onEnd: () => queue.end(),
  })
  const metrics = services.watchMetrics(resource)
  const frame = createEventEncoder({
    resource,
    output,
    includeObject,
    findKind: services.findKind,
    now: () => services.clock.now(),
  })
  const encode: EventEncoder = (event) => {
    const bytes = frame(event)
    metrics?.sent(1, bytes.length)
    return bytes
  }
  const close = endWith(services, context, { queue, timeoutMs, session })
  if (isWebSocketRequest(request)) {
    try {
      await sendEvents(request, { queue, encode, binary: output.format === 'protobuf' })
    } finally {
      close()
    }
    return { status: 101, headers: {}, upgraded: true }
  }
  return streamResponse(output.format === 'protobuf', { queue, encode, close })
}

function streamResponse(
  protobuf: boolean,
  { queue, encode, close }: { readonly queue: EventQueue; readonly encode: EventEncoder; close(): void },
): ApiResponse {
  const contentType = protobuf ? streamMediaTypes[1] : mediaTypes.json
  return {
    status: 200,
    headers: { 'content-type': contentType },
    body: async (sink) => {
      try {
        await writeEvents(queue, encode, sink)
      } finally {
        close()
      }
    },
  }
}

/** Ends the watch when its time is over or the request is aborted. The returned function ends it at once. */
function endWith(
  { clock }: HandlerServices,
  { signal }: RequestContext,
  watch: { readonly queue: EventQueue; readonly timeoutMs: number; readonly session: WatchSession },
): () => void {
  let closed = false
  const close = (): void => {
    if (closed) return
    closed = true
    cancel()
    signal.removeEventListener('abort', abort)
    watch.session.close()
  }
  const abort = (): void => {
    watch.queue.end({ drop: true })
    close()
  }
  const cancel = clock.after(watch.timeoutMs, () => {
    watch.queue.end()
    close()
  })
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  return close
}

function watchTime({ timeoutSeconds }: ListOptions, { random, minRequestTimeout }: HandlerServices): number {
  if (timeoutSeconds !== undefined && timeoutSeconds !== 0) return Math.max(0, timeoutSeconds * 1000)
  return minRequestTimeout * (1 + random())
}

function watchRequest(
  resource: ServedResource,
  { info }: RequestContext,
  options: Omit<ListOptions, 'timeoutSeconds'> & { readonly timeoutMs: number },
): WatchRequest {
  return {
    namespace: resource.namespaced ? info.namespace : '',
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    resourceVersionMatch: options.resourceVersionMatch,
    ...(options.sendInitialEvents !== undefined && { sendInitialEvents: options.sendInitialEvents }),
    allowWatchBookmarks: options.allowWatchBookmarks,
    timeoutMs: options.timeoutMs,
  }
}
