import type { Scalar } from 'yaml'
import { decodeUtf8 } from '../text/utf8-codec.ts'
import { resolvePlain, type YamlScalar } from './resolve.ts'
import { YamlSyntaxError } from './syntax-error.ts'

const prefix = 'tag:yaml.org,2002:'
const kindOfTag: Readonly<Record<string, YamlScalar['kind']>> = {
  bool: 'bool',
  int: 'int',
  float: 'float',
  null: 'null',
}
const tagOfKind: Readonly<Record<YamlScalar['kind'], string>> = {
  null: '!!null',
  text: '!!str',
  bool: '!!bool',
  int: '!!int',
  float: '!!float',
}

/** What a scalar node means: plain ones are resolved, quoted ones are text, and a tag must fit what stands there. */
export function scalarOf({ value, type, tag }: Scalar): YamlScalar {
  const text = typeof value === 'string' ? value : ''
  const name = tag?.startsWith(prefix) ? tag.slice(prefix.length) : undefined
  if (name === 'binary') return { kind: 'text', value: decodeBase64(text) }
  const kind = name === undefined ? undefined : kindOfTag[name]
  if (kind === undefined) {
    return tag === undefined && type === 'PLAIN' ? resolvePlain(text) : { kind: 'text', value: text }
  }
  const scalar = resolvePlain(text)
  if (scalar.kind === kind) return scalar
  if (kind === 'float' && scalar.kind === 'int') return { kind: 'float', value: Number(scalar.value) }
  throw new YamlSyntaxError(`yaml: cannot decode ${tagOfKind[scalar.kind]} \`${text}\` as a !!${name}`)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function decodeBase64(text: string): string {
  const digits = text.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) {
    throw new YamlSyntaxError('yaml: !!binary value contains invalid base64 data')
  }
  const bytes: number[] = []
  let buffer = 0
  let bits = 0
  for (const digit of digits.replaceAll('=', '')) {
    buffer = ((buffer << 6) | alphabet.indexOf(digit)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((buffer >> bits) & 0xff)
  }
  return decodeUtf8(Uint8Array.from(bytes))
}
