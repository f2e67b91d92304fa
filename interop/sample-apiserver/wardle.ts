import { request } from 'node:https'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEtcd } from '../support/start-etcd.ts'
import { freePort, type Program, startProgram } from '../support/start-program.ts'

/** What is built from the modules. */
export interface WardlePrograms {
  readonly server: string
  readonly etcd: string
}

/** The upstream sample-apiserver with an etcd of its own. */
export interface Wardle {
  readonly port: number
  /** The server's own audit log: whom it took each request to be from, and why it was allowed. */
  auditEvents(): Promise<readonly AuditEvent[]>
  stopServer(): Promise<void>
  /** Starts the server again, on the same port and the same etcd. */
  startServer(): Promise<void>
  readyz(): Promise<string>
  stop(): Promise<void>
}

export interface AuditEvent {
  readonly auditID: string
  readonly verb: string
  readonly stage: string
  readonly user: { readonly username: string; readonly groups: readonly string[]; readonly extra?: object }
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string }
  readonly annotations?: Readonly<Record<string, string>>
}

/** Starts both. `kubeconfig` is how the server reaches the main one. */
export async function startWardle(programs: WardlePrograms, folder: string, kubeconfig: string): Promise<Wardle> {
  const port = await freePort()
  const etcd = await startEtcd(programs.etcd, folder)
  const auditLog = join(folder, 'audit.log')
  const auditPolicy = join(folder, 'audit-policy.yaml')
  await mkdir(join(folder, 'certificates'), { recursive: true })
  await writeFile(auditPolicy, 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n')
  const readyz = (): Promise<{ readonly status: number; readonly text: string }> => get(port, '/readyz?verbose')
  const startServer = (): Promise<Program> =>
    startProgram(
      programs.server,
      [
        `--etcd-servers=${etcd.url}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        `--cert-dir=${join(folder, 'certificates')}`,
        `--kubeconfig=${kubeconfig}`,
        `--authentication-kubeconfig=${kubeconfig}`,
        `--authorization-kubeconfig=${kubeconfig}`,
        `--audit-log-path=${auditLog}`,
        `--audit-policy-file=${auditPolicy}`,
      ],
      async () => (await readyz()).status === 200,
    )
  let server = await startServer().catch(async (error: unknown) => {
    await etcd.stop()
    throw error
  })
  return {
    port,
    async auditEvents() {
      const lines = (await readFile(auditLog, 'utf8')).trim().split('\n')
      return lines.map((line) => JSON.parse(line) as AuditEvent)
    },
    stopServer: () => server.stop(),
    async startServer() {
      server = await startServer()
    },
    readyz: async () => (await readyz()).text,
    async stop() {
      await server.stop()
      await etcd.stop()
    },
  }
}

/** The server's certificate is its own and not looked at. */
function get(port: number, path: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      answer.on('error', reject)
    })
    outgoing.on('error', reject).end()
  })
}
