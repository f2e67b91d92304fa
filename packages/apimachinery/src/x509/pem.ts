import { decodeBase64 } from '../text/base64.ts'
import { decodeUtf8 } from '../text/utf8-codec.ts'

/** A block of a PEM file. */
export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  readonly label: string
  /** Whether lines such as `Proc-Type: 4,ENCRYPTED` stand in front of the content. */
  readonly hasHeaders: boolean
  readonly bytes: Uint8Array
}

const begin = '-----BEGIN '
const end = '\n-----END '
const dashes = '-----'

/** The blocks of a PEM file in order. What stands between them, and blocks that are malformed, is skipped. */
export function pemBlocks(pem: Uint8Array): readonly PemBlock[] {
  const text = `\n${decodeUtf8(pem).replaceAll('\r\n', '\n')}`
  const blocks: PemBlock[] = []
  let from = 0
  for (;;) {
    const start = text.indexOf(`\n${begin}`, from)
    if (start < 0) return blocks
    const labelStart = start + 1 + begin.length
    const stop = text.indexOf(end, labelStart)
    if (stop < 0) return blocks
    const labelEnd = text.indexOf('\n', labelStart)
    const label = text.slice(labelStart, labelEnd).trimEnd()
    const ending = lineAt(text, stop + end.length)
    // The line of the end may be the one that begins the next block.
    from = stop + end.length
    if (!label.endsWith(dashes) || ending !== label) continue
    const block = readBlock(label.slice(0, -dashes.length), text.slice(labelEnd + 1, stop + 1))
    if (block !== undefined) blocks.push(block)
  }
}

function lineAt(text: string, from: number): string {
  const stop = text.indexOf('\n', from)
  return text.slice(from, stop < 0 ? undefined : stop).trimEnd()
}

function readBlock(label: string, body: string): PemBlock | undefined {
  const lines = body.split('\n')
  const content = lines.findIndex((line) => !line.includes(':'))
  const base64 = lines.slice(content).join('').replaceAll(/\s/g, '')
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined
  return { label, hasHeaders: content > 0, bytes: decodeBase64(base64) }
}
