import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** The target that a kubeconfig's current context names, as the load generator takes it. `url` replaces its server. */
export async function readKubeconfig(path, url) {
  const text = readFileSync(path, 'utf8')
  const config = text.trimStart().startsWith('{') ? JSON.parse(text) : await parseYaml(text)
  const context = byName(config.contexts, config['current-context'], 'context')
  const cluster = byName(config.clusters, context.cluster, 'cluster')
  const user = byName(config.users, context.user, 'user')
  const pem = (entry, field) => {
    const data = entry[`${field}-data`]
    if (data) return Buffer.from(data, 'base64').toString('utf8')
    return entry[field] ? readFileSync(resolve(dirname(path), entry[field]), 'utf8') : undefined
  }
  return {
    url: url ?? cluster.server,
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    token:
      user.token ?? (user.tokenFile ? readFileSync(resolve(dirname(path), user.tokenFile), 'utf8').trim() : undefined),
  }
}

function byName(entries, name, what) {
  const entry = entries?.find((candidate) => candidate.name === name)
  if (!entry) throw new Error(`the kubeconfig has no ${what} named ${name}`)
  return entry[what]
}

/** Kubeconfigs of Fairlead are JSON; those of others need the YAML parser. */
async function parseYaml(text) {
  const { parse } = await import('yaml')
  return parse(text)
}
