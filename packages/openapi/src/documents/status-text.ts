/** The description of a response. */
export function statusText(code: string): string {
  return { '200': 'OK', '201': 'Created', '202': 'Accepted' }[code] ?? ''
}
