import { readFile, writeFile } from 'node:fs/promises'

/** Writes the kubeconfig of a server again, for a user who is known by a token. Returns `path`. */
export async function kubeconfigWithToken(kubeconfig: string, token: string, path: string): Promise<string> {
  const config = JSON.parse(await readFile(kubeconfig, 'utf8')) as { readonly users: readonly object[] }
  await writeFile(path, JSON.stringify({ ...config, users: [{ ...config.users[0], user: { token } }] }))
  return path
}
