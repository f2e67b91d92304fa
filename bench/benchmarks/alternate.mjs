import { processorTime } from '../servers/process-usage.mjs'

/**
 * Measures servers in turns, A B A B, so that what else the machine does meets all of them. Resolves to the measurements
 * by server, each with the processor time in milliseconds that the server used meanwhile.
 */
export async function alternate(servers, rounds, measure) {
  const measurements = Object.fromEntries(servers.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      const before = server.pid && processorTime(server.pid)
      const measurement = await measure(server, round)
      const processorMs = before === undefined ? undefined : processorTime(server.pid) - before
      measurements[server.name].push({ ...measurement, processorMs })
    }
  }
  return measurements
}
