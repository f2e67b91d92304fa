import { join } from 'node:path'
import { freePort, type Program, startProgram } from './start-program.ts'

/** An etcd of one member on loopback, with its data in `folder`. */
export async function startEtcd(program: string, folder: string): Promise<Program & { readonly url: string }> {
  const [client, peer] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  const etcd = await startProgram(
    program,
    [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
    ],
    async () => (await fetch(`${url}/health`)).ok,
  )
  return { ...etcd, url }
}
