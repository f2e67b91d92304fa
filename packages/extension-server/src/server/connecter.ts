import { badRequest, type JsonObject } from '@fairlead/apimachinery'
import { isWebSocketRequest, type RestResource, serveWebSocket } from '@fairlead/apiserver'
import type { Connect, ConnectRequest } from '../kind/connect.ts'
import type { KindObject } from '../kind/kind.ts'

/** Reads the object that a subresource is of. Throws NotFound. */
export type ReadTarget = (...request: Parameters<NonNullable<RestResource['connect']>>) => Promise<JsonObject>

/** Serves a connect subresource. */
export function connecter({ handle, webSocket }: Connect<JsonObject>, read: ReadTarget): RestResource {
  return {
    async connect(context, key, path) {
      const { user, request, signal } = context
      const object = (await read(context, key, path)) as KindObject<JsonObject>
      const call: ConnectRequest<JsonObject> = { object, user, path, request, signal }
      if (webSocket !== undefined && isWebSocketRequest(request)) {
        return await serveWebSocket(context, { ...webSocket, talk: (connection) => webSocket.talk(connection, call) })
      }
      if (handle === undefined) throw badRequest('Upgrade request required')
      return await handle(call)
    },
  }
}
