import type { Transport } from '@fairlead/client'

export interface Gate {
  readonly transport: Transport
  close(): void
  open(): void
}

/** A transport whose watches of a resource stand still while the gate is closed: caches of it fall behind. */
export function gateWatches(transport: Transport, resource: string): Gate {
  let opened = Promise.resolve()
  let open = (): void => undefined
  async function* through(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of body) {
      await opened
      yield chunk
    }
  }
  return {
    async transport(request) {
      const response = await transport(request)
      if (!request.path.includes(`/${resource}?`) || !request.path.includes('watch=')) return response
      return {
        status: response.status,
        headers: response.headers,
        body: through(response.body),
        bytes: () => response.bytes(),
        text: () => response.text(),
      }
    },
    close() {
      opened = new Promise((resolve) => {
        open = resolve
      })
    },
    open: () => open(),
  }
}
