import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startNode } from './child.mjs'
import { readKubeconfig } from './kubeconfig.mjs'

const fairlead = fileURLToPath(new URL('../../packages/fairlead/bin/fairlead.js', import.meta.url))
const rawServer = fileURLToPath(new URL('../raw-server.mjs', import.meta.url))

/** A data folder that goes with the benchmarks. */
export function temporaryFolder(cleanup) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'))
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts Fairlead on a free port. With `profile`, a folder, it leaves a CPU profile there when it is stopped. */
export async function startFairlead({ folder, storage, profile, cleanup, flags = [] }) {
  const profiling = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : []
  const child = await startNode(
    [...profiling, fairlead, 'up', '--secure-port', '0', '--data-dir', folder, '--storage', storage, ...flags],
    { ready: /ready in .* at (https:\S+)\n/, cleanup },
  )
  const target = await readKubeconfig(join(folder, 'kubeconfig'), child.match[1])
  return { name: 'fairlead', target, pid: child.pid, started: child.started, stop: child.stop }
}

/** Starts the raw baseline with the certificates of a data folder that Fairlead has used. */
export async function startRaw({ folder, cleanup }) {
  const child = await startNode([rawServer, join(folder, 'pki')], { ready: /at (https:\S+)\n/, cleanup })
  const target = await readKubeconfig(join(folder, 'kubeconfig'), child.match[1])
  return { name: 'raw', target, pid: child.pid, started: child.started, stop: child.stop }
}
