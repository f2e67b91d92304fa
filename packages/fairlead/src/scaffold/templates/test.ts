import type { ApiProject } from '../api-project.ts'

export function testTemplate({ group, apiVersion, kind, singular, plural, namespaced }: ApiProject): string {
  const inNamespace = namespaced ? ".namespace('default')" : ''
  return `import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { createClient } from '@fairlead/client'
import { createExtensionServer, openStorage } from '@fairlead/extension-server'
import { ${kind} } from '../src/${singular}.js'

const apiVersion = '${apiVersion}'
const kind = '${kind}'

let extension
let objects
let storage

// The real server in this process, called as an administrator; there is no main server and no socket.
beforeEach(async () => {
  storage = await openStorage('memory')
  extension = createExtensionServer({ kinds: [${kind}], storage })
  const transport = extension.server.transport({ name: 'admin', groups: ['system:masters'] })
  objects = createClient(transport).resource(apiVersion, '${plural}')${inNamespace}
})
afterEach(async () => {
  extension.close()
  await storage.close()
})

const withMessage = (message) => ({ apiVersion, kind, metadata: { name: 'sample' }, spec: { message } })

test('a ${singular} is kept', async () => {
  await objects.create(withMessage('hello'))
  assert.deepEqual((await objects.get('sample')).spec, { message: 'hello' })
})

test('a message must not begin with a space', async () => {
  await assert.rejects(objects.create(withMessage(' hello')), {
    code: 422,
    message:
      '${kind}.${group} "sample" is invalid: ' +
      'spec.message: Invalid value: " hello": must not begin or end with a space',
  })
})

test('only the controller writes the status', async () => {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Seen',
    message: '',
    lastTransitionTime: '2030-01-01T00:00:00Z',
  }
  const created = await objects.create({ ...withMessage('hello'), status: { conditions: [condition] } })
  assert.deepEqual(created.status, {})
  const updated = await objects.subresource('status').update({ ...created, status: { conditions: [condition] } })
  assert.deepEqual(updated.status, { conditions: [condition] })
})
`
}
