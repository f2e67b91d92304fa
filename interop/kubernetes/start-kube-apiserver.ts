import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { createAuthority } from '@fairlead/apiserver'
import { startEtcd } from '../support/start-etcd.ts'
import { freePort, startProgram } from '../support/start-program.ts'

/** A kube-apiserver with an etcd of its own, on loopback. */
export interface KubeApiServer {
  /** Writes a kubeconfig for a user, who is known by a token, and returns its path. */
  kubeconfig(user: keyof typeof users): Promise<string>
  /** The path of what it shows. */
  readonly certificateFile: string
  /** The path of what signs the tokens of ServiceAccounts. */
  readonly tokenKeyFile: string
  /** The paths of the authority that signs the certificates of users. */
  readonly clientAuthority: { readonly certificateFile: string; readonly keyFile: string }
  readonly port: number
  stop(): Promise<void>
}

/** Users, each with his name as his token, and their groups. */
const users = { admin: 'system:masters', 'system:kube-controller-manager': '', scraper: 'system:monitoring' }

export async function startKubeApiServer(
  [program = '', etcdProgram = '']: readonly string[],
  folder: string,
): Promise<KubeApiServer> {
  const etcd = await startEtcd(etcdProgram, folder)
  try {
    const port = await freePort()
    const [tokens, tokenKeyFile, certificateFile] = ['tokens', 'sa.key', 'apiserver.crt'].map((name) =>
      join(folder, name),
    ) as [string, string, string]
    const rows = Object.entries(users).map(([name, groups]) => `${name},${name},,"${groups}"`)
    await writeFile(tokens, rows.join('\n'))
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await writeFile(tokenKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const clientAuthority = { certificateFile: join(folder, 'clients.crt'), keyFile: join(folder, 'clients.key') }
    const day = 24 * 60 * 60 * 1000
    const authority = await createAuthority('clients', new Date(Date.now() - day), new Date(Date.now() + day))
    await writeFile(clientAuthority.certificateFile, authority.certificate)
    await writeFile(clientAuthority.keyFile, authority.key)
    const server = await startProgram(
      program,
      [
        `--etcd-servers=${etcd.url}`,
        '--bind-address=127.0.0.1',
        `--secure-port=${port}`,
        // What the Service `kubernetes` leads to may not be loopback.
        '--advertise-address=192.0.2.1',
        '--service-cluster-ip-range=10.0.0.0/24',
        `--cert-dir=${folder}`,
        `--token-auth-file=${tokens}`,
        `--client-ca-file=${clientAuthority.certificateFile}`,
        '--authorization-mode=RBAC',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${tokenKeyFile}`,
        `--service-account-signing-key-file=${tokenKeyFile}`,
      ],
      () => isReady(port),
    )
    return {
      certificateFile,
      tokenKeyFile,
      clientAuthority,
      port,
      async kubeconfig(user) {
        const path = join(folder, `${user}.kubeconfig`)
        const authorities = (await readFile(certificateFile)).toString('base64')
        const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': authorities }
        const config = {
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: 'kube-apiserver', cluster }],
          users: [{ name: user, user: { token: user } }],
          contexts: [{ name: user, context: { cluster: 'kube-apiserver', user } }],
          'current-context': user,
        }
        await writeFile(path, JSON.stringify(config))
        return path
      },
      async stop() {
        await server.stop()
        await etcd.stop()
      },
    }
  } catch (error) {
    await etcd.stop()
    throw error
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent: false },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode === 200)
      },
    )
    call.on('error', reject).end()
  })
}
