import type { ScalarTag, Tags } from 'yaml'

/** Kinds of YAML 1.1 values that Kubernetes does not read as such: `1:30` and `2020-01-01` are text. */
const unwanted: ReadonlySet<string> = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
])

/** `0o17`, which YAML 1.1 does not have but the parser of Kubernetes reads. */
const octal: ScalarTag = {
  identify: () => false,
  default: true,
  tag: 'tag:yaml.org,2002:int',
  format: 'OCT',
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => {
    const digits = BigInt(text.replaceAll(/[-+_]/g, ''))
    return text.startsWith('-') ? -digits : digits
  },
}

/** The tags of YAML 1.1, given by the library, changed to what go-yaml v2 reads. */
export function yamlTags(tags: Tags): Tags {
  const kept = tags.filter((entry) => {
    if (typeof entry === 'string') return true
    return !unwanted.has(entry.tag) && !('format' in entry && entry.format === 'TIME')
  })
  return [octal, ...kept]
}
