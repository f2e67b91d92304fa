import type { HttpsClient } from './https-client.ts'

const lists = ['/api/v1/namespaces', '/api/v1/configmaps', '/api/v1/secrets', '/api/v1/services', '/api/v1/pods']

/** Everything that tests could have stored, as the server tells it, without the revision of the moment. */
export async function storedState(client: HttpsClient): Promise<readonly string[]> {
  const answers = await Promise.all([...lists, '/apis/apps/v1/deployments'].map((path) => client.get(path)))
  return answers.map(({ json, status }) => JSON.stringify([status, json.items]))
}
