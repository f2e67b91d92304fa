import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuantity, QuantitySyntaxError, quantityFromNumber } from './parse.ts'

test.each([
  ['0', '0', 'DecimalSI'],
  ['0Ki', '0', 'BinarySI'],
  ['-0', '0', 'DecimalSI'],
  ['1', '1', 'DecimalSI'],
  ['100m', '100m', 'DecimalSI'],
  ['1000m', '1', 'DecimalSI'],
  ['1500m', '1500m', 'DecimalSI'],
  ['0.5', '500m', 'DecimalSI'],
  ['.5', '500m', 'DecimalSI'],
  ['1.5', '1500m', 'DecimalSI'],
  ['0.1', '100m', 'DecimalSI'],
  ['-0.1', '-100m', 'DecimalSI'],
  ['1000', '1k', 'DecimalSI'],
  ['1000k', '1M', 'DecimalSI'],
  ['40T', '40T', 'DecimalSI'],
  ['12E', '12E', 'DecimalSI'],
  ['1.01E', '1010P', 'DecimalSI'],
  ['1000E', '1000E', 'DecimalSI'],
  ['1024Mi', '1Gi', 'BinarySI'],
  ['1025Mi', '1025Mi', 'BinarySI'],
  ['1.5Gi', '1536Mi', 'BinarySI'],
  ['0.5Mi', '512Ki', 'BinarySI'],
  ['0.5Ki', '512', 'BinarySI'],
  ['100.035Ki', '102435840m', 'BinarySI'],
  ['0.000000000001Ki', '2n', 'DecimalSI'],
  ['8Pi', '8Pi', 'BinarySI'],
  ['9Ei', '9223372036854775807', 'BinarySI'],
  ['-9Ei', '-9223372036854775807', 'BinarySI'],
  ['9223372036854775807Ki', '9223372036854775807', 'BinarySI'],
  ['1e3', '1e3', 'DecimalExponent'],
  ['1E3', '1E3', 'DecimalExponent'],
  ['1e4', '10e3', 'DecimalExponent'],
  ['1.2e3', '1200', 'DecimalExponent'],
  ['0.5e-1', '50e-3', 'DecimalExponent'],
  ['3.001n', '4n', 'DecimalSI'],
  ['1.1E-9', '2e-9', 'DecimalExponent'],
  ['0.0000000001', '1n', 'DecimalSI'],
  ['0.00000012345', '124n', 'DecimalSI'],
  ['-0.0000000001', '-1n', 'DecimalSI'],
  ['1e-2000000000', '1e-9', 'DecimalExponent'],
  // Spellings that are kept although they are not canonical.
  ['1.500', '1.500', 'DecimalSI'],
  ['+1', '+1', 'DecimalSI'],
  ['007', '007', 'DecimalSI'],
  ['1.', '1.', 'DecimalSI'],
  ['7.123456M', '7.123456M', 'DecimalSI'],
  ['+3Ki', '+3Ki', 'BinarySI'],
  // No digits at all count as zero.
  ['.', '0', 'DecimalSI'],
  ['-', '0', 'DecimalSI'],
  ['Ki', '0', 'BinarySI'],
])('%s prints as %s', (text, printed, format) => {
  const quantity = parseQuantity(text)
  expect([quantity.toString(), quantity.format]).toEqual([printed, format])
})

const pattern = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

test.each([
  ['', pattern],
  ['1.1.M', pattern],
  ['1+1.0M', pattern],
  ['0.1am', pattern],
  ['aoeu', pattern],
  [' 1', pattern],
  ['1 ', pattern],
  ['1\n', pattern],
  ['--1', "unable to parse quantity's suffix"],
  ['0.1mi', "unable to parse quantity's suffix"],
  ['.5i', "unable to parse quantity's suffix"],
  ['-3.01e-', "unable to parse quantity's suffix"],
  ['1e', "unable to parse quantity's suffix"],
  ['1k3', "unable to parse quantity's suffix"],
  ['1e99999999999999999999', "unable to parse quantity's suffix"],
  ['-.e-20', 'unable to parse numeric part of quantity'],
  ['Pi', 'unable to parse numeric part of quantity'],
])('%j is refused', (text, message) => {
  expect(() => parseQuantity(text)).toThrow(new QuantitySyntaxError(message))
})

test.each([
  ['0', '0Ki', 0],
  ['100m', '50m', 1],
  ['50m', '0.1', -1],
  ['10000T', '100Gi', 1],
  ['1024', '1Ki', 0],
  ['-1', '1', -1],
  ['-2', '-1', -1],
  ['1e2000000000', '1e1999999999', 1],
  ['-1e2000000000', '0', -1],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(parseQuantity(a).compare(parseQuantity(b)))).toBe(sign)
})

test.each([
  ['100m', '0', '100m', '100m'],
  ['0', '1Gi', '1Gi', '-1Gi'],
  ['1Gi', '512Mi', '1536Mi', '512Mi'],
  ['0.1', '0.2', '300m', '-100m'],
  ['1Ki', '1', '1025', '1023'],
  ['1.500', '0', '1500m', '1500m'],
  ['8Ei', '8Ei', '18446744073709551614', '0'],
])('%s with %s', (a, b, sum, difference) => {
  const [left, right] = [parseQuantity(a), parseQuantity(b)]
  expect([left.add(right).toString(), left.sub(right).toString()]).toEqual([sum, difference])
})

test('amounts too far apart are refused in bounded time', () => {
  expect(() => parseQuantity('1e2000000000').add(parseQuantity('1'))).toThrow(RangeError)
  expect(() => parseQuantity('1e2000000000').scaled(0)).toThrow(RangeError)
  expect(parseQuantity('1e2000000000').toNumber()).toBe(Infinity)
})

test('scaled counts units and rounds away from zero', () => {
  expect(['1.5', '1500m', '-1.0001', '0', '1n', '2Ki'].map((text) => parseQuantity(text).scaled(0))).toEqual([
    2n,
    2n,
    -2n,
    0n,
    1n,
    2048n,
  ])
  expect(parseQuantity('1.5').scaled(-3)).toBe(1500n)
  expect(parseQuantity('1.5').toNumber()).toBe(1.5)
  expect(quantityFromNumber(0.25).toString()).toBe('250m')
  expect(quantityFromNumber(2n ** 60n).toString()).toBe('1152921504606846976')
})

const texts = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.bigInt({ min: 0n, max: 10n ** 25n }),
    fc.option(fc.stringMatching(/^[0-9]{0,12}$/), { nil: undefined }),
    fc.constantFrom(
      '',
      'n',
      'u',
      'm',
      'k',
      'M',
      'G',
      'T',
      'P',
      'E',
      'Ki',
      'Mi',
      'Gi',
      'Ti',
      'Pi',
      'Ei',
      'e3',
      'E-5',
      'e20',
    ),
  )
  .map(([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`)

test('what prints reads back as the same amount, and canonical text is stable', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const quantity = parseQuantity(text)
      expect(parseQuantity(quantity.toString()).compare(quantity)).toBe(0)
      const canonical = parseQuantity(quantity.toCanonicalString())
      expect(canonical.compare(quantity)).toBe(0)
      expect(canonical.toCanonicalString()).toBe(quantity.toCanonicalString())
    }),
  )
})

test('sums are exact and come apart again', () => {
  fc.assert(
    fc.property(texts, texts, (a, b) => {
      const [left, right] = [parseQuantity(a), parseQuantity(b)]
      expect(left.add(right).compare(right.add(left))).toBe(0)
      expect(left.add(right).sub(right).compare(left)).toBe(0)
      expect(Math.sign(left.compare(right))).toBe(left.sub(right).sign)
    }),
  )
})
