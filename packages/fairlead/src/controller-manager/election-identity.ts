import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

/** Who a process is in elections: different for each, on the same machine too. */
export function electionIdentity(): string {
  return `${hostname()}_${randomUUID()}`
}
