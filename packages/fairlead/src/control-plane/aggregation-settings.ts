/** How requests reach the servers of APIServices. */
export interface AggregationSettings {
  /** To the endpoints of a Service instead of its cluster IP. */
  readonly routeToEndpoints: boolean
  /** A redirect of a server is answered with 502. */
  readonly rejectRedirects: boolean
}

/** Endpoints: a control plane that somebody starts on a computer of his own has no Service network. */
export const defaultAggregationSettings: AggregationSettings = { routeToEndpoints: true, rejectRedirects: true }
