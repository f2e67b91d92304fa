/** A `Warning` header: something that the server wants a person to read. */
export interface ApiWarning {
  /** Always 299 from an API server. */
  readonly code: number
  readonly agent: string
  readonly text: string
}

const warning = /^\s*(\d{3}) ([^\s"]+) "((?:[^"\\]|\\.)*)"(?: "[^"]*")?\s*(?:,|$)/

/** The warnings of a response, in order. What is not well formed ends the header that it stands in. */
export function parseWarnings(header: string | readonly string[] | undefined): ApiWarning[] {
  if (header === undefined) return []
  const warnings: ApiWarning[] = []
  for (const line of typeof header === 'string' ? [header] : header) {
    let rest = line
    for (let match = warning.exec(rest); match !== null; match = warning.exec(rest)) {
      const [whole, code = '', agent = '', text = ''] = match
      warnings.push({ code: Number(code), agent, text: text.replaceAll(/\\(.)/g, '$1') })
      rest = rest.slice(whole.length)
    }
  }
  return warnings
}
