import { formatNumber } from '../text/number.ts'

/** A scalar as YAML means it. The parts of floats that JSON has no numbers for stay apart from integers. */
export type YamlScalar =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }

const fixed: ReadonlyMap<string, YamlScalar> = new Map<string, YamlScalar>([
  ...spellings({ kind: 'bool', value: true }, ['y', 'Y', ...cases('yes'), ...cases('true'), ...cases('on')]),
  ...spellings({ kind: 'bool', value: false }, ['n', 'N', ...cases('no'), ...cases('false'), ...cases('off')]),
  ...spellings({ kind: 'null' }, ['', '~', ...cases('null')]),
  ...spellings({ kind: 'float', value: Number.NaN }, ['.nan', '.NaN', '.NAN']),
  ...spellings({ kind: 'float', value: Infinity }, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']),
  ...spellings({ kind: 'float', value: -Infinity }, ['-.inf', '-.Inf', '-.INF']),
])

/** What stands in `text` where YAML 1.1 would see more: Kubernetes reads `1:30` and `2020-01-01` as text. */
export function resolvePlain(text: string): YamlScalar {
  const known = fixed.get(text)
  if (known !== undefined) return known
  if (!/^[-+.\d]/.test(text)) return { kind: 'text', value: text }
  return (
    (text.startsWith('.') ? undefined : resolveInteger(text)) ?? resolveFloat(text) ?? { kind: 'text', value: text }
  )
}

/** True when plain `text` is read as just this text. */
export function isPlainText(text: string): boolean {
  return resolvePlain(text).kind === 'text' && text !== '<<' && !/^\d{4}-\d/.test(text) && !sexagesimal.test(text)
}

const sexagesimal = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const integer = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9]\d*))$/
const float = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/
const minInt64 = -(2n ** 63n)
const maxUint64 = 2n ** 64n - 1n

function resolveInteger(text: string): YamlScalar | undefined {
  const [, sign, hex, octal, binary, decimal] = integer.exec(text.replaceAll('_', '')) ?? []
  const digits = hex ?? octal ?? binary ?? decimal
  if (digits === undefined || digits.length > 70) return undefined
  const prefix = hex !== undefined ? '0x' : octal !== undefined ? '0o' : binary !== undefined ? '0b' : ''
  const size = BigInt(prefix + digits)
  const value = sign === '-' ? -size : size
  return value >= minInt64 && value <= maxUint64 && (sign !== '+' || value < 2n ** 63n)
    ? { kind: 'int', value }
    : undefined
}

function resolveFloat(text: string): YamlScalar | undefined {
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '')
  if (!float.test(plain)) return undefined
  const value = Number(plain)
  return Number.isFinite(value) ? { kind: 'float', value } : undefined
}

/** A scalar as the key of a JSON object; undefined where Kubernetes refuses it. */
export function keyText(scalar: YamlScalar): string | undefined {
  switch (scalar.kind) {
    case 'text':
      return scalar.value
    case 'bool':
      return String(scalar.value)
    case 'int':
      return scalar.value >= 2n ** 63n ? undefined : String(scalar.value)
    case 'float':
      return floatKey(scalar.value)
    default:
      return undefined
  }
}

/** Floats as keys have the precision of 32 bits. */
function floatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf'
  let digits = 1
  while (digits < 9 && Math.fround(Number(single.toPrecision(digits))) !== single) digits += 1
  const shortest = Number(single.toPrecision(digits))
  if (Math.abs(shortest) < 1e6 || !Number.isInteger(shortest)) return formatNumber(shortest)
  const [mantissa, exponent = ''] = shortest.toExponential().split('e+')
  return `${mantissa}e+${exponent.padStart(2, '0')}`
}

function cases(word: string): string[] {
  return [word, `${word.charAt(0).toUpperCase()}${word.slice(1)}`, word.toUpperCase()]
}

function spellings(scalar: YamlScalar, words: readonly string[]): [string, YamlScalar][] {
  return words.map((word) => [word, scalar])
}
