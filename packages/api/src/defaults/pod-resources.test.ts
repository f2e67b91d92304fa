import { encodeJson, type JsonObject } from '@fairlead/apimachinery'
import { expect, test } from 'vitest'
import { objectAt } from '../values/read.ts'
import { read } from './testing/read.ts'

const asking = (requests: JsonObject, rest: JsonObject = {}) => ({ resources: { requests }, ...rest })
const limited = (limits: JsonObject) => ({ resources: { limits } })
const sidecar = { restartPolicy: 'Always' }

test.each<[string, JsonObject, JsonObject]>([
  ['nothing is made of nothing', { containers: [asking({ cpu: '1' })], resources: {} }, {}],
  [
    'requests alone stay',
    { containers: [asking({ memory: '1' })], resources: { requests: { cpu: '1' } } },
    { requests: { cpu: '1' } },
  ],
  [
    'limits where no container asks',
    { resources: { limits: { cpu: '1', memory: '1Gi', 'hugepages-2Mi': '2Mi', 'a.b/c': '1' } } },
    {
      limits: { 'a.b/c': '1', cpu: '1', 'hugepages-2Mi': '2Mi', memory: '1Gi' },
      requests: { cpu: '1', 'hugepages-2Mi': '2Mi', memory: '1Gi' },
    },
  ],
  [
    'the sum of containers',
    { containers: [asking({ cpu: '100m', memory: '1Gi' }), asking({ cpu: '1' })], resources: { limits: { cpu: '2' } } },
    { limits: { cpu: '2' }, requests: { cpu: '1100m', memory: '1Gi' } },
  ],
  [
    'what is named stays',
    { containers: [asking({ cpu: '1' })], resources: { limits: { cpu: '2' }, requests: { cpu: '3' } } },
    { limits: { cpu: '2' }, requests: { cpu: '3' } },
  ],
  [
    'limits of containers count as requests first',
    { containers: [limited({ cpu: '500m' })], resources: { limits: { cpu: '2' } } },
    { limits: { cpu: '2' }, requests: { cpu: '500m' } },
  ],
  [
    'an init container that needs more than all others',
    { containers: [asking({ cpu: '1' })], initContainers: [asking({ cpu: '3' })], resources: { limits: { cpu: '4' } } },
    { limits: { cpu: '4' }, requests: { cpu: '3' } },
  ],
  [
    'restarted init containers run beside what comes later, not before',
    {
      containers: [asking({ cpu: '1' })],
      initContainers: [asking({ cpu: '4' }), asking({ cpu: '2' }, sidecar), asking({ cpu: '3' })],
      resources: { limits: { cpu: '9' } },
    },
    { limits: { cpu: '9' }, requests: { cpu: '5' } },
  ],
  [
    'huge pages of containers are a limit',
    {
      containers: [limited({ 'hugepages-2Mi': '2Mi' }), limited({ 'hugepages-2Mi': '4Mi' })],
      resources: { limits: { cpu: '1' } },
    },
    { limits: { cpu: '1', 'hugepages-2Mi': '6Mi' }, requests: { cpu: '1', 'hugepages-2Mi': '6Mi' } },
  ],
  [
    'huge pages that the pod asks for are not limited',
    { containers: [limited({ 'hugepages-2Mi': '2Mi' })], resources: { requests: { 'hugepages-2Mi': '8Mi' } } },
    { requests: { 'hugepages-2Mi': '8Mi' } },
  ],
  [
    'resources that pods do not have stay with containers',
    { containers: [asking({ 'a.b/c': '1', 'ephemeral-storage': '1' })], resources: { limits: { cpu: '1' } } },
    { limits: { cpu: '1' }, requests: { cpu: '1' } },
  ],
  [
    'claims stay',
    { resources: { limits: { cpu: '1' }, claims: [{ name: 'x' }] } },
    { limits: { cpu: '1' }, requests: { cpu: '1' }, claims: [{ name: 'x' }] },
  ],
])('%s', (_name, spec, expected) => {
  const pod = read('core.v1.Pod', { spec })
  expect(encodeJson(objectAt(pod, 'spec', 'resources'))).toBe(encodeJson(expected))
  expect(encodeJson(read('core.v1.Pod', pod))).toBe(encodeJson(pod))
})
