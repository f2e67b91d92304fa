/** How a body is written. */
export type WireFormat = 'json' | 'yaml' | 'protobuf'

/** The formats in the order in which they are offered. */
export const wireFormats: readonly WireFormat[] = ['json', 'yaml', 'protobuf']

/** The media type of each format, as it stands in Content-Type and in messages. */
export const mediaTypes: Readonly<Record<WireFormat, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
}

/** The media types of watch streams, as messages list them. */
export const streamMediaTypes: readonly string[] = [
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
]

/** The format that a bare media type in lower case names. */
export function formatOfMediaType(mediaType: string): WireFormat | undefined {
  return wireFormats.find((format) => mediaTypes[format] === mediaType)
}

/** The bare media type of a Content-Type value, in lower case. Undefined when the value or a parameter is malformed. */
export function parseContentType(value: string): string | undefined {
  const match = contentType.exec(value)
  return match?.[1]?.toLowerCase()
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const contentType = new RegExp(
  `^[ \\t]*(${token}(?:/${token})?)[ \\t]*(?:;[ \\t]*${token}[ \\t]*=[ \\t]*(?:${token}|"(?:[^"\\\\]|\\\\.)*")[ \\t]*)*;?[ \\t]*$`,
)
