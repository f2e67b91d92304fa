import { join } from 'node:path'
import { type Client, createClient } from '@fairlead/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FollowedCommand, followCommand } from '../support/follow-command.ts'
import { kubeconfigWithToken } from '../support/kubeconfig-with-token.ts'
import { type Kubectl, kubectlFor } from '../support/kubectl.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'

const example = join(import.meta.dirname, '../../examples/sample-controller')
const label = 'sample.fairlead.dev/min-available'

let controlPlane: TestControlPlane
let client: Client
let kubectl: Kubectl
let controller: FollowedCommand

/** The example as a process, with the rights of its manifest. */
beforeAll(async () => {
  controlPlane = await startTestControlPlane({ controllers: ['garbage-collector-controller'] })
  client = createClient(controlPlane.transport)
  kubectl = await kubectlFor(controlPlane, 'newest')
  await kubectl('apply', '--filename', join(example, 'manifests/rbac.yaml'))
  const token = (await kubectl('create', 'token', 'sample-controller')).trim()
  const kubeconfig = await kubeconfigWithToken(
    controlPlane.kubeconfig,
    token,
    join(controlPlane.folder, 'sample-controller'),
  )
  controller = followCommand(process.execPath, [join(example, 'dist/main.js')], { KUBECONFIG: kubeconfig })
  expect(await controller.next()).toBe('sample-controller: started')
})
afterAll(async () => {
  await controller.stop()
  await controlPlane.stop()
})

const minAvailable = async (name: string) => {
  const { items } = await client.resource('policy/v1', 'poddisruptionbudgets').namespace('default').list()
  const spec = items.find(({ metadata }) => metadata.name === name)?.['spec'] as { minAvailable: number } | undefined
  return spec?.minAvailable
}
const eventsAbout = async (name: string) => {
  const { items } = await client.resource('v1', 'events').namespace('default').list()
  return items
    .filter((event) => (event['involvedObject'] as { name: string }).name === name)
    .map((event) => `${String(event['type'])} ${String(event['reason'])}: ${String(event['message'])}`)
}

test('a budget follows the label of its Deployment and goes with it', async () => {
  await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=3')
  await kubectl('label', 'deployment', 'web', `${label}=2`)
  await expect.poll(() => minAvailable('web')).toBe(2)
  await kubectl('label', 'deployment', 'web', '--overwrite', `${label}=1`)
  await expect.poll(() => minAvailable('web')).toBe(1)
  await kubectl('delete', 'poddisruptionbudget', 'web')
  await expect.poll(() => minAvailable('web')).toBe(1)
  await kubectl('label', 'deployment', 'web', `${label}-`)
  await expect.poll(() => minAvailable('web')).toBe(undefined)
  await kubectl('label', 'deployment', 'web', `${label}=2`)
  await expect.poll(() => minAvailable('web')).toBe(2)
  await kubectl('delete', 'deployment', 'web')
  await expect.poll(() => minAvailable('web')).toBe(undefined)
  const did = (verb: string) => `Normal DisruptionBudget: ${verb} PodDisruptionBudget web`
  await expect
    .poll(() => eventsAbout('web'))
    .toEqual(expect.arrayContaining([did('created'), did('updated'), did('deleted')]))
})

test('a budget of somebody else is left alone, and the Deployment says so', async () => {
  await kubectl('create', 'poddisruptionbudget', 'theirs', '--selector=app=theirs', '--min-available=7')
  await kubectl('create', 'deployment', 'theirs', '--image=nginx')
  await kubectl('label', 'deployment', 'theirs', `${label}=2`)
  await expect
    .poll(() => eventsAbout('theirs'))
    .toEqual(['Warning NoDisruptionBudget: the PodDisruptionBudget theirs belongs to somebody else'])
  expect(await minAvailable('theirs')).toBe(7)
})
