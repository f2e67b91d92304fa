import { systemClock } from '@fairlead/apimachinery'
import { createClient, type Transport } from '@fairlead/client'
import { delegateTo } from '@fairlead/extension-server'
import { expect, test } from 'vitest'
import { identityOf } from '../support/identities.ts'
import { startTestControlPlane } from '../support/test-control-plane.ts'

test('a main server that publishes no authorities is followed until it does', async () => {
  const controlPlane = await startTestControlPlane()
  // This server always publishes them; another ConfigMap stands for that of one that does not.
  const elsewhere: Transport = (request) =>
    controlPlane.transport({
      ...request,
      path: request.path.replace('extension-apiserver-authentication', 'not-published-yet'),
    })
  const errors: unknown[] = []
  const delegation = await delegateTo({
    client: createClient(elsewhere),
    clock: systemClock,
    onChange: () => {},
    onError: (message) => errors.push(message),
  })
  try {
    expect(delegation.trustedAuthorities()).toBe('')
    const { certificate } = await identityOf(controlPlane, 'ca')
    await createClient(controlPlane.transport)
      .resource('v1', 'configmaps')
      .namespace('kube-system')
      .create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'not-published-yet' },
        data: { 'client-ca-file': certificate },
      })
    await expect.poll(() => delegation.trustedAuthorities()).toBe(certificate)
    expect(errors).toEqual([])
  } finally {
    delegation.close()
    await controlPlane.stop()
  }
})
