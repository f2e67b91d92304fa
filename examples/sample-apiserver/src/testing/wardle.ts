import { createExtensionServer, openStorage } from '@fairlead/extension-server'
import { banFlunder } from '../ban-flunder.ts'
import { Fischer } from '../fischer.ts'
import { Flunder } from '../flunder/flunder.ts'

export const flunders = '/apis/wardle.example.com/v1alpha1/namespaces/default/flunders'
export const betaFlunders = '/apis/wardle.example.com/v1beta1/namespaces/default/flunders'
export const fischers = '/apis/wardle.example.com/v1alpha1/fischers'

/** An answer, and its body when that is JSON. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // What tests look at is theirs to know.
  readonly body: ReturnType<typeof JSON.parse>
}

export interface Wardle {
  call(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>
  close(): void
}

/** The sample server in this process, called as an administrator. */
export async function startWardle(): Promise<Wardle> {
  const extension = createExtensionServer({
    kinds: [Flunder, Fischer],
    storage: await openStorage('memory'),
    admission: (objects) => [banFlunder(objects)],
  })
  const transport = extension.server.transport({ name: 'admin', groups: ['system:masters'] })
  return {
    async call(method, path, body, headers = {}) {
      const response = await transport({
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        body: text.startsWith('{') ? JSON.parse(text) : text,
      }
    },
    close: () => extension.close(),
  }
}
