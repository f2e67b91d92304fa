import { alternate } from './alternate.mjs'

/**
 * GETs the same ConfigMap from each server as fast as it answers, in turns. `pathOf` gives where a server has it. Gives the
 * readings by the servers' names, each with its latencies and processor time beside it. `prepare` of a server is called before
 * each of its turns.
 */
export async function measureGets({ load, servers, seconds, rounds, shape, pathOf }) {
  const measure = (server, time = seconds) =>
    load.run('requestRate', {
      target: server.target,
      method: 'GET',
      path: pathOf(server),
      expect: '{"kind":"ConfigMap"',
      seconds: time,
      ...shape,
    })
  for (const server of servers) await measure(server, 1)
  const measured = await alternate(servers, rounds, async (server) => {
    await server.prepare?.()
    return measure(server)
  })
  for (const one of Object.values(measured).flat()) {
    one.p50 = one.latency.p50
    one.p99 = one.latency.p99
    one.processorMicroseconds = one.processorMs === undefined ? undefined : (one.processorMs * 1000) / one.requests
  }
  return measured
}
