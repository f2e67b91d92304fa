import { createTestAuthority } from '../../packages/aggregator/src/testing/authority.ts'
import {
  type ExtensionServer,
  type ServerAnswer,
  type ServerRequest,
  startExtensionServer,
} from '../../packages/aggregator/src/testing/extension-server.ts'

export { createTestAuthority, type ExtensionServer, type ServerAnswer, type ServerRequest, startExtensionServer }

/** An object of the test's extension server. */
export interface Flunder {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string }
}

/** What stands behind wardle.example.com: Flunders in memory, with as much of the API as kubectl needs. */
export interface Wardle {
  readonly flunders: ReadonlyMap<string, Flunder>
  /** False answers 404 to everything, as a server that does not know the group. */
  serving: boolean
  /** Requests as they came. */
  readonly requests: ServerRequest[]
  handle(request: ServerRequest, answer: ServerAnswer): void
}

const group = 'wardle.example.com'
const groupVersion = `${group}/v1alpha1`

export function createWardle(): Wardle {
  const flunders = new Map<string, Flunder>()
  const watchers = new Set<ServerAnswer>()
  const requests: ServerRequest[] = []
  let revision = 1

  const send = (answer: ServerAnswer, status: number, body: object): void => {
    answer.statusCode = status
    answer.setHeader('content-type', 'application/json')
    answer.end(`${JSON.stringify(body)}\n`)
  }
  const tell = (type: string, object: Flunder): void => {
    for (const watcher of watchers) {
      ;(watcher as { write(text: string): void }).write(`${JSON.stringify({ type, object })}\n`)
    }
  }
  const status = (code: number, reason: string, message: string) => ({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  })
  const wardle: Wardle = {
    flunders,
    serving: true,
    requests,
    handle(request, answer) {
      requests.push(request)
      const url = new URL(request.url ?? '/', 'https://server')
      if (!wardle.serving) {
        answer.statusCode = 404
        answer.end('404 page not found\n')
        return
      }
      if (url.pathname === `/apis/${groupVersion}`) {
        send(answer, 200, {
          kind: 'APIResourceList',
          apiVersion: 'v1',
          groupVersion,
          resources: [
            {
              name: 'flunders',
              singularName: 'flunder',
              namespaced: true,
              kind: 'Flunder',
              verbs: ['create', 'delete', 'get', 'list', 'watch'],
            },
          ],
        })
        return
      }
      const match = /^\/apis\/wardle\.example\.com\/v1alpha1\/namespaces\/([^/]+)\/flunders(?:\/([^/]+))?$/.exec(
        url.pathname,
      )
      if (match === null) {
        answer.statusCode = 404
        answer.end('404 page not found\n')
        return
      }
      const [, namespace = '', name] = match
      const found = name === undefined ? undefined : flunders.get(`${namespace}/${name}`)
      if (request.method === 'GET' && name === undefined) {
        const items = [...flunders.values()].filter(({ metadata }) => metadata.namespace === namespace)
        if (url.searchParams.get('watch') !== null && url.searchParams.get('watch') !== 'false') {
          answer.setHeader('content-type', 'application/json')
          if ('stream' in answer) answer.stream.respond({ ':status': 200, 'content-type': 'application/json' })
          watchers.add(answer)
          answer.on('close', () => watchers.delete(answer))
          return
        }
        send(answer, 200, {
          kind: 'FlunderList',
          apiVersion: groupVersion,
          metadata: { resourceVersion: String(revision) },
          items,
        })
      } else if (request.method === 'POST') {
        const chunks: Buffer[] = []
        request.on('data', (chunk: Buffer) => chunks.push(chunk))
        request.on('end', () => {
          const sent = JSON.parse(Buffer.concat(chunks).toString()) as Flunder & { spec?: object }
          revision += 1
          const flunder = {
            apiVersion: groupVersion,
            kind: 'Flunder',
            metadata: {
              ...sent.metadata,
              namespace,
              creationTimestamp: '2022-05-19T09:38:22Z',
              resourceVersion: String(revision),
              uid: '504b1583-54fc-4f0d-974f-9ae54b66a01b',
            },
            spec: sent.spec ?? {},
            status: {},
          }
          flunders.set(`${namespace}/${sent.metadata.name}`, flunder)
          tell('ADDED', flunder)
          send(answer, 201, flunder)
        })
      } else if (found === undefined) {
        send(answer, 404, status(404, 'NotFound', `flunders.${group} "${name ?? ''}" not found`))
      } else if (request.method === 'DELETE') {
        flunders.delete(`${namespace}/${name ?? ''}`)
        revision += 1
        tell('DELETED', found)
        send(answer, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
      } else {
        send(answer, 200, found)
      }
    },
  }
  return wardle
}
