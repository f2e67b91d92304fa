import type { LabelSelectorInput } from '../object-types.ts'

/** Query parameters; undefined ones are left out, lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** `path` with its query. */
export function withQuery(path: string, query: Query | undefined): string {
  if (query === undefined) return path
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    if (typeof value === 'object') for (const one of value) parameters.append(name, one)
    else parameters.append(name, String(value))
  }
  const text = parameters.toString()
  return text === '' ? path : `${path}?${text}`
}

/** A label selector as the query wants it; undefined when it selects everything. */
export function labelSelectorText(selector: LabelSelectorInput | undefined): string | undefined {
  if (selector === undefined || typeof selector === 'string') return selector === '' ? undefined : selector
  const terms = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  return terms.length === 0 ? undefined : terms.join(',')
}
