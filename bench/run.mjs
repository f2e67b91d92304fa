// `npm run bench`: measures Fairlead beside a raw Node server and, when told to, beside another API server.
import { mkdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createCleanup } from './cleanup.mjs'
import { requireLoopback } from './load/target.mjs'
import { appendRun, describeMachine } from './report/json-file.mjs'
import { formatTable } from './report/table.mjs'
import { startLoadGenerator } from './servers/child.mjs'
import { readKubeconfig } from './servers/kubeconfig.mjs'
import { startFairlead, startRaw, temporaryFolder } from './servers/start.mjs'

const names = [
  'boot',
  'idle-memory',
  'get',
  'create',
  'list',
  'watch',
  'audit',
  'authorization',
  'proxied-get',
  'aggregation-faults',
  'aggregated-discovery',
  'informer-start',
  'namespace-deletion',
  'idle-controllers',
  'garbage-collection',
]

const usage = `usage: npm run bench -- [NAME ...] [FLAG ...]

NAME is one of ${names.join(', ')}; all of them by default.

  --seconds N          length of one measurement (default 3)
  --rounds N           how often each server is measured, in turns (default 3)
  --storage lmdb|memory
                       where Fairlead keeps its objects (default lmdb)
  --server URL --kubeconfig FILE
                       another API server on this machine that gets the same load; objects are made in namespaces of
                       their own, which are deleted at the end
  --json FILE          append the figures to a list of runs
  --profile FOLDER     leave a CPU profile of each Fairlead process there`

const { values: flags, positionals } = readArguments()
const chosen = positionals.length > 0 ? positionals : names
const cleanup = createCleanup()

let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, async () => {
    if (interrupted) process.exit(1)
    interrupted = true
    await cleanup.run()
    process.exit(1)
  })
}

try {
  await main()
} catch (error) {
  // What fails after an interruption fails because of it.
  if (!interrupted) {
    console.error(error.message)
    process.exitCode = 1
  }
}
if (!interrupted) await cleanup.run()

async function main() {
  const run = { startedAt: new Date().toISOString(), machine: describeMachine(), storage: flags.storage, results: [] }
  const context = {
    seconds: Number(flags.seconds),
    rounds: Number(flags.rounds),
    storage: flags.storage,
    profile: flags.profile,
    folder: await warmFolder(),
    load: startLoadGenerator(cleanup),
    cleanup,
  }
  if (flags.profile) mkdirSync(flags.profile, { recursive: true })
  for (const name of chosen) {
    const benchmark = await import(`./benchmarks/${name}.mjs`)
    const servers = benchmark.ownServers ? [] : await startServers(context)
    const rows = await benchmark.run({ ...context, servers })
    for (const server of servers) await server.stop?.()
    run.results.push({ name, title: benchmark.title, rows })
    console.log(formatTable(benchmark.title, rows))
  }
  console.log('Medians. "x" is Fairlead over the other: for rates more is better, for times and sizes less.')
  if (flags.json) appendRun(flags.json, run)
}

/** A data folder with certificates and the objects that every server has. */
async function warmFolder() {
  const folder = temporaryFolder(cleanup)
  const server = await startFairlead({ folder, storage: flags.storage, cleanup })
  await server.stop()
  return folder
}

/** Fresh servers, so that no benchmark is measured with what another one left behind. */
async function startServers({ storage, profile, folder }) {
  const servers = [
    await startFairlead({ folder: temporaryFolder(cleanup), storage, profile, cleanup }),
    await startRaw({ folder, cleanup }),
  ]
  if (flags.kubeconfig) {
    const target = await readKubeconfig(flags.kubeconfig, flags.server)
    requireLoopback(target.url)
    servers.push({ name: 'reference', target })
  }
  return servers
}

function readArguments() {
  const text = { type: 'string' }
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        seconds: { ...text, default: '3' },
        rounds: { ...text, default: '3' },
        storage: { ...text, default: 'lmdb' },
        server: text,
        kubeconfig: text,
        json: text,
        profile: text,
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (parsed.values.help) {
      console.log(usage)
      process.exit()
    }
    for (const name of parsed.positionals) if (!names.includes(name)) throw new Error(`there is no benchmark ${name}`)
    for (const name of ['seconds', 'rounds']) {
      if (!(Number(parsed.values[name]) > 0)) throw new Error(`--${name} must be a number greater than 0`)
    }
    if (parsed.values.server && !parsed.values.kubeconfig) throw new Error('--server needs --kubeconfig')
    return parsed
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`)
    process.exit(2)
  }
}
