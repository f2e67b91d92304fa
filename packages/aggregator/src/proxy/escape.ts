const utf8 = new TextEncoder()

/** Writes each byte that `keep` does not match as `%XX`. */
function escapeBytes(text: string, keep: RegExp): string {
  let escaped = ''
  for (const byte of utf8.encode(text)) {
    const character = String.fromCharCode(byte)
    escaped += byte < 0x80 && keep.test(character) ? character : percent(byte)
  }
  return escaped
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

const plainPath = /^[\w.~$&+,/:;=@-]*$/

/**
 * The path of a request line for a decoded path, as Go writes it. An escaped slash becomes a plain one: what is sent is
 * what was authorized.
 */
export function escapePath(path: string): string {
  return plainPath.test(path) ? path : escapeBytes(path, /[\w.~$&+,/:;=@-]/)
}

/** The key of an identity header: everything that is not part of an HTTP token, and `%` itself, is escaped. */
export function escapeHeaderKey(key: string): string {
  return /^[\w!#$&'*+.^`|~-]*$/.test(key) ? key : escapeBytes(key, /[\w!#$&'*+.^`|~-]/)
}

const plainQuery = /^[\w.~-]+=[\w.~-]*$/

/**
 * A query as Go writes one that it has parsed: sorted by key, values of a key in their order; pairs that do not decode,
 * and those with a semicolon, are left out.
 */
export function canonicalQuery(query: string): string {
  if (query === '' || plainQuery.test(query)) return query
  const pairs = query.split('&').flatMap((pair) => parsePair(pair) ?? [])
  pairs.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return pairs.map(({ key, value }) => `${escapeQuery(key)}=${escapeQuery(value)}`).join('&')
}

function parsePair(pair: string): { readonly key: string; readonly value: string } | undefined {
  if (pair === '' || pair.includes(';')) return undefined
  const equals = pair.indexOf('=')
  const key = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals))
  const value = equals < 0 ? '' : unescapeQuery(pair.slice(equals + 1))
  return key === undefined || value === undefined ? undefined : { key, value }
}

/** One character stands for one byte, so that bytes that are no UTF-8 survive. Undefined for a broken escape. */
function unescapeQuery(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined
  const bytes = Array.from(utf8.encode(text.replaceAll('+', ' ')), (byte) => String.fromCharCode(byte)).join('')
  return bytes.replaceAll(/%([0-9A-Fa-f]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function escapeQuery(bytes: string): string {
  return bytes.replaceAll(/[^\w.~-]/g, (character) => (character === ' ' ? '+' : percent(character.charCodeAt(0))))
}
