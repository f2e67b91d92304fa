import { unsupportedMediaType } from '@fairlead/apimachinery'
import { formatOfMediaType, mediaTypes, parseContentType, type WireFormat, wireFormats } from './media-type.ts'

/** The format that a Content-Type names; JSON when there is none. Throws UnsupportedMediaType. */
export function bodyFormat(contentType: string | undefined, protobuf: boolean): WireFormat {
  if (contentType === undefined || contentType === '' || contentType === mediaTypes.json) return 'json'
  const mediaType = parseContentType(contentType)
  const format = mediaType === undefined ? undefined : formatOfMediaType(mediaType)
  if (format !== undefined && (protobuf || format !== 'protobuf')) return format
  const offered = wireFormats.filter((offer) => protobuf || offer !== 'protobuf').map((offer) => mediaTypes[offer])
  throw unknownBodyFormat(offered)
}

/** Refuses a body of none of these types. */
export function unknownBodyFormat(accepted: readonly string[]): Error {
  return unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  )
}
