import type { HttpsClient } from './https-client.ts'

/** The value of the first series of a metric whose labels match; 0 when there is none. */
export async function metricValue(client: HttpsClient, name: string, labels: RegExp): Promise<number> {
  const { text } = await client.get('/metrics')
  const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && labels.test(each))
  return Number(line?.slice(line.lastIndexOf(' ')) ?? 0)
}

/** How many watches of the ConfigMaps of a namespace the server is serving, its own among them. */
export function watchesServed(client: HttpsClient): Promise<number> {
  return metricValue(client, 'apiserver_longrunning_requests', /verb="WATCH".*resource="configmaps".*scope="namespace"/)
}
