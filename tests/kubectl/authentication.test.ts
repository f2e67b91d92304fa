import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Release } from '../support/command-line-tools.ts'
import { type HttpsClient, httpsClient } from '../support/https-client.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { tokenParts } from '../support/tokens.ts'

describe('kubectl, newest', () => {
  const release: Release = 'newest'
  let controlPlane: TestControlPlane
  let kubectl: Kubectl
  let client: HttpsClient

  beforeAll(async () => {
    controlPlane = await startTestControlPlane()
    kubectl = await kubectlFor(controlPlane, release)
    client = await httpsClient(controlPlane.kubeconfig)
    await kubectl('create', 'serviceaccount', 'robot')
  })
  afterAll(async () => {
    client.close()
    await controlPlane.stop()
  })
  /** Without the certificate of the kubeconfig, which would win over a token. */
  const withToken = async (token: string, ...args: string[]) => {
    const { host, port } = client.credentials
    const server = `https://${host}:${port}`
    return await kubectl.run([
      '--kubeconfig=/dev/null',
      `--server=${server}`,
      '--insecure-skip-tls-verify',
      `--token=${token}`,
      ...args,
    ])
  }

  test('auth whoami with the certificate of the kubeconfig', async () => {
    const output = await kubectl('auth', 'whoami')
    expect(output).toMatch(/Username +kubernetes-admin\n/)
    expect(output).toMatch(/Groups +\[system:masters system:authenticated\]\n/)
    expect(output).toMatch(/Extra: authentication\.kubernetes\.io\/credential-id +\[X509SHA256=[0-9a-f]{64}\]\n/)
  })

  test('auth whoami as somebody else', async () => {
    const output = await kubectl('auth', 'whoami', '--as=jane', '--as-group=dev', '--as-uid=7', '-o', 'json')
    expect(JSON.parse(output).status.userInfo).toEqual({
      username: 'jane',
      uid: '7',
      groups: ['dev', 'system:authenticated'],
    })
    const account = await kubectl('auth', 'whoami', '--as=system:serviceaccount:team:robot', '-o', 'json')
    expect(JSON.parse(account).status.userInfo.groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:team',
      'system:authenticated',
    ])
  })

  test('create token makes a token that says who it is', async () => {
    const token = (await kubectl('create', 'token', 'robot')).trim()
    const { stdout } = await withToken(token, 'auth', 'whoami', '-o', 'json')
    const { userInfo } = JSON.parse(stdout).status
    expect(userInfo).toEqual({
      username: 'system:serviceaccount:default:robot',
      uid: expect.any(String),
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${String(tokenParts(token).claims['jti'])}`] },
    })
  })

  test('create token with duration and audiences', async () => {
    const token = await kubectl('create', 'token', 'robot', '--duration=20m', '--audience=vault', '--audience=other')
    const { claims } = tokenParts(token.trim())
    expect(claims['aud']).toEqual(['vault', 'other'])
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(1200)
    expect((await withToken(token.trim(), 'auth', 'whoami')).stderr).toContain('(Unauthorized)')
  })

  test('create token with a duration that is too short', async () => {
    const { stderr } = await kubectl.run(['create', 'token', 'robot', '--duration=5m'])
    expect(stderr).toBe(
      'error: failed to create token: TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 300: may not specify a duration less than 10 minutes\n',
    )
  })

  test('create token of a service account that does not exist', async () => {
    const { stderr } = await kubectl.run(['create', 'token', 'nobody'])
    expect(stderr).toBe('error: failed to create token: serviceaccounts "nobody" not found\n')
  })

  test('create token bound to a secret, which ends with the secret', async () => {
    await kubectl('create', 'secret', 'generic', 'anchor')
    const uid = await kubectl('get', 'secret', 'anchor', '-o', 'jsonpath={.metadata.uid}')
    const bind = ['--bound-object-kind=Secret', '--bound-object-name=anchor']
    const token = (await kubectl('create', 'token', 'robot', ...bind, `--bound-object-uid=${uid}`)).trim()
    expect(tokenParts(token).claims['kubernetes.io']).toMatchObject({ secret: { name: 'anchor', uid } })
    expect((await withToken(token, 'auth', 'whoami')).code).toBe(0)
    const other = await kubectl.run(['create', 'token', 'robot', ...bind, '--bound-object-uid=other'])
    expect(other.stderr).toContain(
      `the UID in the bound object reference (other) does not match the UID in record. The object might have been deleted and then recreated`,
    )
    await kubectl('delete', 'secret', 'anchor')
    expect((await withToken(token, 'auth', 'whoami')).stderr).toContain('(Unauthorized)')
  })
})
