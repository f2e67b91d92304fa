import type { ApiRequest } from '../request/api-request.ts'

const humanClients = ['curl', 'Wget', 'Mozilla/5.0'] as const
const trueValues: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

/** Whether JSON should be indented: `pretty` in the query decides, otherwise command line tools and browsers get it. */
export function wantsPretty(request: Pick<ApiRequest, 'rawQuery' | 'query' | 'headers'>): boolean {
  if (request.rawQuery.includes('pretty')) {
    const value = request.query.get('pretty') ?? ''
    if (value !== '') return trueValues.has(value)
  }
  const agent = request.headers['user-agent']
  return agent !== undefined && humanClients.some((prefix) => agent.startsWith(prefix))
}
