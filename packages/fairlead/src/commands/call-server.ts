import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { delimiter } from 'node:path'
import { parse } from 'yaml'

interface Kubeconfig {
  readonly 'current-context'?: string
  readonly contexts?: readonly { readonly name: string; readonly context: { cluster: string; user: string } }[]
  readonly clusters?: readonly {
    readonly name: string
    readonly cluster: { server: string; 'certificate-authority-data'?: string }
  }[]
  readonly users?: readonly {
    readonly name: string
    readonly user: { 'client-certificate-data'?: string; 'client-key-data'?: string; token?: string }
  }[]
}

/** Gets a path of the server of a kubeconfig, as its user. Throws with the server's words when it refuses. */
export async function callServer(kubeconfig: string | undefined, path: string): Promise<string> {
  const file = kubeconfig ?? process.env['KUBECONFIG']?.split(delimiter)[0] ?? '.fairlead/kubeconfig'
  const { server, ...credentials } = readCredentials(parse(await readFile(file, 'utf8')) as Kubeconfig, file)
  return new Promise((resolve, reject) => {
    const { token, ...tls } = credentials
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const call = request(new URL(path, server), { ...tls, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve(text)
        else reject(new Error(`${server} answers ${response.statusCode}: ${text.trim()}`))
      })
    })
    call.on('error', reject)
    call.end()
  })
}

function readCredentials(config: Kubeconfig, file: string) {
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster
  const user = config.users?.find(({ name }) => name === context?.user)?.user
  if (cluster === undefined || user === undefined) throw new Error(`${file} names no cluster and user to be used`)
  const [ca, cert, key] = [
    cluster['certificate-authority-data'],
    user['client-certificate-data'],
    user['client-key-data'],
  ].map((data) => (data === undefined ? undefined : Buffer.from(data, 'base64')))
  return {
    server: cluster.server,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(user.token === undefined ? {} : { token: user.token }),
  }
}
