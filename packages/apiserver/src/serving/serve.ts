import type { ApiRequest } from '../request/api-request.ts'
import type { ApiResponse } from '../request/api-response.ts'

/** What an adapter needs of the server behind it. */
export interface Serve {
  /** Answers a request; a rejection aborts the exchange. */
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>
  /** Tells of a failure that no client can be told of. */
  readonly report: (message: string, error: unknown) => void
}
