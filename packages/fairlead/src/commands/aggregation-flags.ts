import type { Option } from 'commander'
import { type AggregationSettings, defaultAggregationSettings } from '../control-plane/aggregation-settings.ts'
import { switchOption } from './flag-types.ts'

/** What commander makes of the flags. */
export interface AggregationFlags {
  readonly enableAggregatorRouting: boolean
  readonly aggregatorRejectForwardingRedirect: boolean
}

/** The aggregation flags of kube-apiserver. Where there is no Service network, endpoints are the default. */
export function aggregationFlags({
  routeToEndpoints,
}: Pick<AggregationSettings, 'routeToEndpoints'>): readonly Option[] {
  return [
    switchOption(
      'enable-aggregator-routing',
      'send requests for APIServices to the endpoints of their Service instead of its cluster IP',
    ).default(routeToEndpoints),
    switchOption(
      'aggregator-reject-forwarding-redirect',
      'answer 502 when the server of an APIService redirects, instead of passing it on',
    ).default(defaultAggregationSettings.rejectRedirects),
  ]
}

export function aggregationSettings(flags: AggregationFlags): AggregationSettings {
  return {
    routeToEndpoints: flags.enableAggregatorRouting,
    rejectRedirects: flags.aggregatorRejectForwardingRedirect,
  }
}
