/** One clause of an Accept header. Parameters without the quality; a `*` in place of a missing subtype. */
export interface AcceptClause {
  readonly type: string
  readonly subtype: string
  readonly quality: number
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Parses an Accept header into clauses, best first: by quality, then exact types before wildcards. Clauses that are no
 * media range are left out, and so are parameters without exactly one `=`. A quality that is no number counts as 0.
 */
export function parseAccept(header: string): readonly AcceptClause[] {
  const clauses: AcceptClause[] = []
  for (const part of header.split(',')) {
    const clause = parseClause(trimSpaces(part))
    if (clause !== undefined) clauses.push(clause)
  }
  sortClauses(clauses)
  return clauses
}

function parseClause(text: string): AcceptClause | undefined {
  const [range = '', ...rest] = text.split(';')
  const slash = range.indexOf('/')
  const type = trimSpaces(slash < 0 ? range : range.slice(0, slash))
  let subtype = slash < 0 ? '' : range.slice(slash + 1)
  if (subtype === '') {
    if (type !== '*') return undefined
    subtype = '*'
  }
  if (subtype.includes('/')) return undefined
  let quality = 1
  const parameters = new Map<string, string>()
  for (const parameter of rest) {
    const equals = parameter.indexOf('=')
    if (equals < 0) continue
    const value = parameter.slice(equals + 1)
    if (value === '' || value.includes('=')) continue
    const name = trimSpaces(parameter.slice(0, equals))
    if (name === 'q') quality = parseQuality(value)
    else parameters.set(name, trimSpaces(value))
  }
  return { type, subtype: trimSpaces(subtype), quality, parameters }
}

function parseQuality(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isNaN(value) ? 0 : value
}

/** An insertion sort: the order is not transitive, and clients rely on what this method makes of it. */
function sortClauses(clauses: AcceptClause[]): void {
  for (let index = 1; index < clauses.length; index += 1) {
    for (let at = index; at > 0; at -= 1) {
      const before = clauses[at - 1]
      const clause = clauses[at]
      if (before === undefined || clause === undefined || !isBefore(clause, before)) break
      clauses[at - 1] = clause
      clauses[at] = before
    }
  }
}

function isBefore(a: AcceptClause, b: AcceptClause): boolean {
  if (a.quality > b.quality) return true
  if (a.type !== '*' && b.type === '*') return true
  return a.subtype !== '*' && b.subtype === '*'
}

function trimSpaces(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) === 32) start += 1
  while (end > start && text.charCodeAt(end - 1) === 32) end -= 1
  return text.slice(start, end)
}
