const newline = 10

/** The lines of a stream, as many at a time as have come together. A last line without an end is dropped: it is half. */
export async function* lineBatches(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let pending: Uint8Array[] = []
  for await (const chunk of body) {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const last = chunk.subarray(start, end)
      const line = pending.length === 0 ? last : joined([...pending, last])
      pending = []
      start = end + 1
      if (line.length > 0) lines.push(decoder.decode(line))
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
    if (lines.length > 0) yield lines
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
