import type { ApiRequest, RequestHeaders } from './api-request.ts'

/**
 * Every value of a header in the order sent, as the text that it is in UTF-8; `name` in lower case. Values with commas
 * inside stay whole.
 */
export function headerValues(request: Pick<ApiRequest, 'headers' | 'rawHeaders'>, name: string): readonly string[] {
  const joined = request.headers[name]
  if (joined === undefined) return []
  const raw = request.rawHeaders
  if (raw === undefined) return [joined]
  const values: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === name) values.push(textOf(raw[index + 1] ?? ''))
  }
  return values
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Node gives the bytes of a header as one character each. Bytes that are no UTF-8 stay so. */
function textOf(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value
  try {
    return utf8.decode(Buffer.from(value, 'latin1'))
  } catch (error) {
    if (error instanceof TypeError) return value
    throw error
  }
}

/** Headers without those that `drop` names (lower case); the same object when there is nothing to drop. */
export function withoutHeaders<T extends { readonly headers: RequestHeaders; readonly rawHeaders?: readonly string[] }>(
  request: T,
  drop: (name: string) => boolean,
): { readonly headers: RequestHeaders; readonly rawHeaders?: readonly string[] } {
  if (!Object.keys(request.headers).some(drop)) return request
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !drop(name)))
  if (request.rawHeaders === undefined) return { headers }
  const rawHeaders: string[] = []
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? ''
    if (!drop(name.toLowerCase())) rawHeaders.push(name, request.rawHeaders[index + 1] ?? '')
  }
  return { headers, rawHeaders }
}
