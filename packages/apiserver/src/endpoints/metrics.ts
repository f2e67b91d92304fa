import { routeMethodNotAllowed } from '@fairlead/apimachinery'
import type { MetricSet } from '../metrics/metric-set.ts'
import type { Handler } from '../request/request-context.ts'
import { textResponse } from '../request/responses.ts'

/** Answers `/metrics`: GET gives the text exposition piece by piece, DELETE sets counters and histograms back. */
export function metricsEndpoint(metrics: MetricSet): Handler {
  return ({ request }) => {
    if (request.method === 'DELETE') {
      metrics.reset()
      return textResponse('metrics reset\n')
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') throw routeMethodNotAllowed()
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: async (sink) => {
        const encoder = new TextEncoder()
        for await (const piece of metrics.render()) {
          if (sink.signal.aborted) return
          if (!sink.write(encoder.encode(piece))) await sink.drained()
          await new Promise((resolve) => setImmediate(resolve))
        }
      },
    }
  }
}
