/** The bytes are no protobuf of the expected type: cut off, garbage, of another type, or nested too deeply. */
export class ProtobufSyntaxError extends Error {
  override readonly name = 'ProtobufSyntaxError'
}
