import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { TestServer } from './test-server.ts'

/** An answer with its JSON read. */
export interface Answer {
  readonly status: number
  readonly body: JsonObject & { metadata: JsonObject; message?: string }
}

/** Sends a body (an object as JSON) and reads the JSON of the answer. */
export async function send(
  { call }: Pick<TestServer, 'call'>,
  [method, path]: readonly [string, string],
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const response = await call({ method, path, headers, ...(body !== undefined && { body: bytes }) })
  return { status: response.status, body: JSON.parse(await response.text()) as Answer['body'] }
}

/** A ConfigMap in the namespace `default`. */
export function configMap(name: string, extra: JsonObject = {}): KubeObject {
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'default' }, ...extra }
}
