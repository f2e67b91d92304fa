import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonObject } from '@fairlead/apimachinery'
import type { AuthorizationSettings } from 'fairlead'
import { expect, test } from 'vitest'
import { startHttpsServer } from '../support/https-server.ts'
import { identityOf } from '../support/identities.ts'
import { type Credentials, readCredentials } from '../support/kubeconfig-credentials.ts'
import { requestAs } from '../support/request-as.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

interface Running {
  readonly controlPlane: TestControlPlane
  readonly server: Credentials
  /** The status of a GET as a user, or as nobody. */
  get(user: string | undefined, path: string): Promise<number>
}

/** Runs with a control plane of these settings; `write` puts a file beside it. */
async function withServer(
  settings: (write: (name: string, text: string) => Promise<string>) => Promise<AuthorizationSettings>,
  use: (running: Running) => Promise<void>,
): Promise<void> {
  const folder = await temporaryFolder()
  try {
    const write = async (name: string, text: string) => {
      await writeFile(join(folder.path, name), text)
      return join(folder.path, name)
    }
    const tokenAuthFile = await write('tokens', 'jane,jane,\nroot,root,,system:masters\n')
    const controlPlane = await startTestControlPlane({ tokenAuthFile, authorization: await settings(write) })
    try {
      const server = await readCredentials(controlPlane.kubeconfig)
      const get = async (user: string | undefined, path: string) => {
        const headers = user === undefined ? [] : ([['authorization', `Bearer ${user}`]] as const)
        return (await requestAs(server, undefined, path, { headers })).status
      }
      await use({ controlPlane, server, get })
    } finally {
      await controlPlane.stop()
    }
  } finally {
    await folder.remove()
  }
}

const pods = '/api/v1/namespaces/default/pods'

test('AlwaysAllow: everybody who is known may do everything, strangers see health and version', async () => {
  await withServer(
    async () => ({ modes: ['AlwaysAllow'] }),
    async ({ get }) => {
      expect(await Promise.all([get('jane', pods), get('jane', '/metrics')])).toEqual([200, 200])
      expect(await Promise.all([get(undefined, '/version'), get(undefined, '/api')])).toEqual([200, 401])
    },
  )
})

test('AlwaysDeny: only masters', async () => {
  await withServer(
    async () => ({ modes: ['AlwaysDeny'] }),
    async ({ get, server }) => {
      expect(await Promise.all([get('jane', pods), get('root', pods)])).toEqual([403, 200])
      const answer = await requestAs(server, undefined, pods, { headers: [['authorization', 'Bearer jane']] })
      expect((answer.json as unknown as JsonObject)['message']).toBe(
        'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default": Everything is forbidden.',
      )
    },
  )
})

test('ABAC: what the file says', async () => {
  await withServer(
    async (write) => ({
      modes: ['ABAC'],
      policyFile: await write('policy', '{"user":"jane","namespace":"default","resource":"pods"}'),
    }),
    async ({ get }) => {
      expect(await Promise.all([get('jane', pods), get('jane', '/api/v1/pods'), get('jane', '/api')])).toEqual([
        200, 403, 403,
      ])
    },
  )
})

test('Webhook: what another server says, between others', async () => {
  const lender = await startTestControlPlane()
  const asked: JsonObject[] = []
  const authorizer = await startHttpsServer(await identityOf(lender, 'apiserver'), (_request, body, response) => {
    const review = JSON.parse(body) as {
      apiVersion: string
      kind: string
      spec: { nonResourceAttributes?: JsonObject }
    }
    asked.push(review as unknown as JsonObject)
    const path = review.spec.nonResourceAttributes?.['path']
    if (path === '/metrics') {
      response.writeHead(400).end('no idea')
      return
    }
    const { apiVersion, kind } = review
    response.end(JSON.stringify({ apiVersion, kind, status: { allowed: path === undefined, denied: path === '/api' } }))
  })
  try {
    const { certificate } = await identityOf(lender, 'ca')
    await withServer(
      async (write) => {
        const kubeconfig = {
          'current-context': 'x',
          contexts: [{ name: 'x', context: { cluster: 'x' } }],
          clusters: [
            {
              name: 'x',
              cluster: {
                server: authorizer.url,
                'certificate-authority-data': Buffer.from(certificate).toString('base64'),
              },
            },
          ],
        }
        const kubeConfigFile = await write('webhook', JSON.stringify(kubeconfig))
        const configuration = {
          apiVersion: 'apiserver.config.k8s.io/v1',
          kind: 'AuthorizationConfiguration',
          authorizers: [
            {
              type: 'Webhook',
              name: 'far',
              webhook: {
                timeout: '10s',
                subjectAccessReviewVersion: 'v1',
                failurePolicy: 'NoOpinion',
                connectionInfo: { type: 'KubeConfigFile', kubeConfigFile },
              },
            },
            { type: 'RBAC', name: 'rbac' },
          ],
        }
        return { modes: [], configFile: await write('configuration', JSON.stringify(configuration)) }
      },
      async ({ get }) => {
        // Allowed there, denied there, left to RBAC, failed there and not allowed by RBAC.
        expect(await get('jane', pods)).toBe(200)
        expect(await get('jane', '/api')).toBe(403)
        expect(await get('jane', '/version')).toBe(200)
        expect(await get('jane', '/metrics')).toBe(500)
        const count = asked.length
        expect(await get('jane', pods)).toBe(200)
        expect(await get('root', '/metrics')).toBe(200)
        expect(asked.length).toBe(count)
        expect(asked[0]).toMatchObject({
          spec: {
            resourceAttributes: { namespace: 'default', verb: 'list', resource: 'pods', version: 'v1' },
            user: 'jane',
          },
        })
      },
    )
  } finally {
    await authorizer.close()
    await lender.stop()
  }
})

test.each<[string, (write: (name: string, text: string) => Promise<string>) => Promise<AuthorizationSettings>, string]>(
  [
    ['an unknown mode', async () => ({ modes: ['Odd'] }), 'authorization-mode "Odd" is not a valid mode'],
    [
      'a policy file that is not there',
      async () => ({ modes: ['ABAC'], policyFile: '/does/not/exist' }),
      '--authorization-policy-file',
    ],
    [
      'a name of its own for what is no webhook',
      async (write) => ({
        modes: [],
        configFile: await write(
          'c',
          '{"apiVersion":"apiserver.config.k8s.io/v1","kind":"AuthorizationConfiguration","authorizers":[{"type":"RBAC","name":"mine"}]}',
        ),
      }),
      'expected name rbac for authorizer RBAC instead of mine',
    ],
  ],
)('%s stops the start', async (_, settings, message) => {
  await expect(withServer(settings, async () => undefined)).rejects.toThrow(message)
})
