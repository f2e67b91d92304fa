import { expect, test } from 'vitest'
import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isWildcardDns1123Subdomain } from './dns.ts'
import { generateName } from './generate-name.ts'
import { isValidCidr, isValidIp, isValidLegacyCidr, isValidLegacyIp } from './ip.ts'
import { isQualifiedName, isValidLabelValue } from './labels.ts'
import {
  isCIdentifier,
  isConfigMapKey,
  isEnvVarName,
  isHttpHeaderName,
  isRelaxedEnvVarName,
  isValidPathSegmentName,
  isValidPercent,
  isValidPortName,
  isValidPortNumber,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
  nameIsPathSegment,
} from './names.ts'

const long = 'a'.repeat(64)
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const label1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const qualified =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const configKey =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"

test.each<[(value: string) => string[], string[]]>([
  [isDns1123Label, ['a', '0', 'a-b', 'a'.repeat(63)]],
  [isDns1123Subdomain, ['a', 'a.b-c.0', `${'a.'.repeat(126)}a`]],
  [isDns1035Label, ['a', 'a-0']],
  [isWildcardDns1123Subdomain, ['*.example.com']],
  [isQualifiedName, ['a', 'A_b.c-1', 'example.com/a', `${'a.'.repeat(126)}a/b`]],
  [isValidLabelValue, ['', 'a', 'A_b.c-1', 'a'.repeat(63)]],
  [isConfigMapKey, ['a', '.a', 'A_b-c.d', '-']],
  [isCIdentifier, ['_a', 'A0']],
  [isEnvVarName, ['a.b', 'A_B', '_', '.a']],
  [isRelaxedEnvVarName, ['a b', '0', '~']],
  [isHttpHeaderName, ['X-Header-Name']],
  [isValidPercent, ['0%', '93%']],
  [isValidPortName, ['a', 'a-0', '0a']],
  [isValidPathSegmentName, ['', 'a:b', '...', 'A B']],
  [isValidIp, ['10.0.0.1', '::', '::1', 'fe80::abc', '2001:db8::1:0:0:1', '1:0:2:0:3:0:4:0']],
  [isValidCidr, ['10.0.0.0/8', '0.0.0.0/0', '::/0', '2001:db8::/33', '1.2.3.4/32']],
])('%o accepts', (rule, values) => {
  for (const value of values) expect(rule(value), value).toEqual([])
})

test.each<[(value: string) => string[], string, string[]]>([
  [isDns1123Label, 'A', [label]],
  [isDns1123Label, 'a\n', [label]],
  [isDns1123Label, 'a.b', ['must not contain dots']],
  [isDns1123Label, long, ['must be no more than 63 characters']],
  [isDns1123Subdomain, 'a..b', [subdomain]],
  [isDns1123Subdomain, 'a'.repeat(254), ['must be no more than 253 characters']],
  [isDns1035Label, '0a', [label1035]],
  [isQualifiedName, '', ['name part must be non-empty', `name part ${qualified}`]],
  [isQualifiedName, '/a', ['prefix part must be non-empty']],
  [isQualifiedName, 'A/a', [`prefix part ${subdomain}`]],
  [isQualifiedName, `${'a'.repeat(254)}/a`, ['prefix part must be no more than 253 bytes']],
  [isQualifiedName, long, ['name part must be no more than 63 bytes']],
  [
    isQualifiedName,
    'a/b/c',
    [`a valid label key ${qualified} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
  ],
  [isValidLabelValue, long, ['must be no more than 63 bytes']],
  [isConfigMapKey, '', [configKey]],
  [isConfigMapKey, '.', ["must not be '.'"]],
  [isConfigMapKey, '..', ["must not be '..'"]],
  [isConfigMapKey, '..a', ["must not start with '..'"]],
  [isRelaxedEnvVarName, '', ['environment variable name must be non-empty']],
  [
    isRelaxedEnvVarName,
    'a=b',
    ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
  ],
  [
    isValidPercent,
    '1',
    [
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
    ],
  ],
  [isValidPortName, 'a'.repeat(16), ['must be no more than 15 characters']],
  [
    isValidPortName,
    '',
    [
      'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
      'must contain at least one letter (a-z)',
    ],
  ],
  [isValidPortName, '-a--', ['must not contain consecutive hyphens', 'must not begin or end with a hyphen']],
  [isValidPathSegmentName, '.', ["may not be '.'"]],
  [isValidPathSegmentName, '/%', ["may not contain '/'", "may not contain '%'"]],
  [isValidIp, '1.2.3', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [isValidIp, 'fe80::1%eth0', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [isValidIp, '1::2::3', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [isValidIp, '1:2:3:4:5:6:7::8', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [isValidIp, '1:2:3:4:5:6::8', ['must be in canonical form ("1:2:3:4:5:6:0:8")']],
  [isValidIp, '1:2:3:4:5:6:7:8::', ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
  [isValidIp, '010.0.0.1', ['must not have leading 0s']],
  [isValidIp, '::ffff:1.2.3.4', ['must not be an IPv4-mapped IPv6 address']],
  [isValidIp, 'FE80::0', ['must be in canonical form ("fe80::")']],
  [isValidCidr, '10.0.0.0', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [isValidCidr, '10.0.0.0/33', ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
  [isValidCidr, '10.0.0.0/08', ['must not have leading 0s in IP or prefix length']],
  [isValidCidr, '10.0.0.1/8', ['must not have bits set beyond the prefix length']],
  [isValidCidr, '2001:db8::1/127', ['must not have bits set beyond the prefix length']],
  [isValidCidr, '2001:DB8::/32', ['must be in canonical form ("2001:db8::/32")']],
])('%o refuses %j', (rule, value, problems) => {
  expect(rule(value)).toEqual(problems)
})

test('legacy addresses need no canonical form, and without strictness no care', () => {
  expect(isValidLegacyIp('FE80::0', { strict: true })).toEqual([])
  expect(isValidLegacyIp('010.0.0.1', { strict: false })).toEqual([])
  expect(isValidLegacyCidr('10.0.0.1/8', { strict: false })).toEqual([])
})

test('a prefix may end with a dash, where its last two characters count as one letter', () => {
  for (const rule of [nameIsDnsSubdomain, nameIsDnsLabel, nameIsDns1035Label]) {
    expect(rule('web-', { prefix: true })).toEqual([])
    expect(rule('web_-', { prefix: true })).toEqual([])
    expect(rule('web-')).toHaveLength(1)
    expect(rule('-', { prefix: true })).toHaveLength(1)
  }
  expect(nameIsPathSegment('.', { prefix: true })).toEqual([])
  expect(nameIsPathSegment('.')).toEqual(["may not be '.'"])
})

test('port numbers', () => {
  expect([1, 65535].flatMap(isValidPortNumber)).toEqual([])
  expect([0, 65536].flatMap(isValidPortNumber)).toEqual(Array(2).fill('must be between 1 and 65535, inclusive'))
})

test('generated names', () => {
  expect(generateName('web-', () => 0)).toBe('web-bbbbb')
  expect(generateName('web-', () => 0.9999999)).toBe('web-99999')
  expect(generateName('a'.repeat(60), () => 0)).toBe(`${'a'.repeat(58)}bbbbb`)
  expect(generateName('x')).toMatch(/^x[bcdfghjklmnpqrstvwxz2456789]{5}$/)
})
