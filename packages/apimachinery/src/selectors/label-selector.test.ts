import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StatusError } from '../errors/status-error.ts'
import { parseLabelSelector } from './label-parser.ts'
import type { LabelOperator, LabelRequirement } from './label-requirement.ts'
import { everything, labelSelector, nothing } from './label-selector.ts'

const nameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

test.each([
  ['', ''],
  [' \t\r\n', ''],
  ['a', 'a'],
  ['!a', '!a'],
  ['! a', '!a'],
  ['a=b', 'a=b'],
  ['a==b', 'a==b'],
  ['a != b', 'a!=b'],
  ['a=', 'a='],
  ['a!=,b', 'a!=,b'],
  ['b,a', 'a,b'],
  ['a in (x, y ,z)', 'a in (x,y,z)'],
  ['a in (z,x)', 'a in (x,z)'],
  ['a in ()', 'a in ()'],
  ['a in (,b)', 'a in (,b)'],
  ['a in (b,,c)', 'a in (,b,c)'],
  ['a in (b,)', 'a in (,b)'],
  ['a notin (in,notin)', 'a notin (in,notin)'],
  ['in in (in)', 'in in (in)'],
  ['a=in', 'a=in'],
  ['a>1', 'a>1'],
  ['a < -5', undefined],
  ['x.example.com/a<+7', undefined],
  ['a<7', 'a<7'],
  ['a\0,b', 'a,b'],
  ['a=b,\0', undefined],
  ['x.y/z in (1)', 'x.y/z in (1)'],
])('%j reads as %j', (text, printed) => {
  if (printed === undefined) expect(() => parseLabelSelector(text)).toThrow(StatusError)
  else expect(parseLabelSelector(text).toString()).toBe(printed)
})

test.each([
  ['a,', "found '', expected: identifier after ','"],
  ['a,,b', "found ',', expected: identifier after ','"],
  ['=x', "found '=', expected: !, identifier, or 'end of string'"],
  [',', "found ',', expected: !, identifier, or 'end of string'"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a(b)', "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a in', "unable to parse requirement: found '' expected: '('"],
  ['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
  ['a in (b,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
  ['a==!b', "unable to parse requirement: found '!', expected: identifier"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ['a=b c', "found 'c', expected: ',' or 'end of string'"],
  ['-a', `unable to parse requirement: <nil>: Invalid value: "-a": ${nameRule}`],
  ['a=-b', `unable to parse requirement: values[0][a]: Invalid value: "-b": ${valueRule}`],
  [
    'a in (-b,+c)',
    `unable to parse requirement: [values[0][a]: Invalid value: "+c": ${valueRule}, values[1][a]: Invalid value: "-b": ${valueRule}]`,
  ],
  [
    'a>x',
    `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
  [
    'a>9223372036854775808',
    `unable to parse requirement: values[0]: Invalid value: "9223372036854775808": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
  [
    `a=${'x'.repeat(64)}`,
    `unable to parse requirement: values[0][a]: Invalid value: "${'x'.repeat(64)}": must be no more than 63 bytes`,
  ],
])('%j is refused', (text, message) => {
  let thrown: unknown
  try {
    parseLabelSelector(text)
  } catch (error) {
    thrown = error
  }
  expect(StatusError.from(thrown).status).toMatchObject({ code: 400, reason: 'BadRequest', message })
})

const labels = { app: 'web', n: '5', empty: '', constructor_: 'x' }

test.each([
  ['', true],
  ['app', true],
  ['!app', false],
  ['nope', false],
  ['!nope', true],
  ['constructor', false],
  ['!constructor', true],
  ['app=web', true],
  ['app!=web', false],
  ['nope!=web', true],
  ['nope notin (a)', true],
  ['nope=', false],
  ['empty=', true],
  ['app in (db,web)', true],
  ['app notin (db,web)', false],
  ['n>4', true],
  ['n>5', false],
  ['n<6', true],
  ['app>1', false],
  ['nope<1', false],
  ['app=web,n=5', true],
  ['app=web,n=6', false],
])('%j matches: %s', (text, matches) => {
  expect(parseLabelSelector(text).matches(labels)).toBe(matches)
})

test('everything and nothing', () => {
  expect([everything().matches({}), everything().matches(undefined), everything().empty]).toEqual([true, true, true])
  expect([nothing().matches({}), nothing().empty, nothing().toString()]).toEqual([false, false, ''])
})

test('an exact match is one value of the first requirement on the key', () => {
  const selector = parseLabelSelector('a=1,b in (2),c in (3,4),d!=5')
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => selector.requiresExactMatch(key))).toEqual([
    '1',
    '2',
    undefined,
    undefined,
    undefined,
  ])
})

const keys = fc.stringMatching(/^([a-z]{1,5}\.[a-z]{1,3}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,5}[A-Za-z0-9])?$/)
const values = fc.stringMatching(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,5}[A-Za-z0-9])?)?$/)
const requirements: fc.Arbitrary<LabelRequirement> = fc.oneof(
  requirement(['=', '==', '!='], fc.tuple(values)),
  requirement(['in', 'notin'], fc.uniqueArray(values, { minLength: 1, maxLength: 4 })),
  requirement(['exists', '!'], fc.constant([])),
  requirement(['gt', 'lt'], fc.tuple(fc.nat().map(String))),
)

function requirement(operators: LabelOperator[], values: fc.Arbitrary<string[]>): fc.Arbitrary<LabelRequirement> {
  return fc.record({ key: keys, operator: fc.constantFrom(...operators), values: values.map((list) => list.sort()) })
}

test('what prints reads back the same', () => {
  fc.assert(
    fc.property(fc.array(requirements, { maxLength: 5 }), (list) => {
      const selector = labelSelector(list)
      expect(parseLabelSelector(selector.toString()).requirements).toEqual(selector.requirements)
    }),
  )
})

test('no text makes the parser fail in any other way than with a BadRequest', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '-', ' ', '=', '!', '(', ')', ',', '<', '>', '1', 'in ', '\0', 'é'),
  })
  fc.assert(
    fc.property(text, (selector) => {
      try {
        const parsed = parseLabelSelector(selector)
        expect(parseLabelSelector(parsed.toString()).toString()).toBe(parsed.toString())
      } catch (error) {
        expect(StatusError.is(error) && error.code).toBe(400)
      }
    }),
  )
})
