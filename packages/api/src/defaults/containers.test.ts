import type { JsonObject } from '@fairlead/apimachinery'
import { test } from 'vitest'
import { expectRead } from './testing/read.ts'

const messages = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }
const times = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }
const always = { ...messages, imagePullPolicy: 'Always' }

test.each<[string, JsonObject, JsonObject]>([
  ['Container', {}, { name: '', resources: {}, ...messages, imagePullPolicy: 'IfNotPresent' }],
  ['Container', { name: 'a', image: 'a' }, { name: 'a', image: 'a', resources: {}, ...always }],
  [
    'Container',
    { name: 'a', image: 'a', imagePullPolicy: 'Never', terminationMessagePolicy: 'FallbackToLogsOnError', tty: true },
    {
      name: 'a',
      image: 'a',
      resources: {},
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'FallbackToLogsOnError',
      imagePullPolicy: 'Never',
      tty: true,
    },
  ],
  [
    'Container',
    { name: 'a', image: 'a', terminationMessagePath: '/m', resources: { limits: { cpu: '1' } } },
    { name: 'a', image: 'a', resources: { limits: { cpu: '1' } }, ...always, terminationMessagePath: '/m' },
  ],
  [
    'EphemeralContainer',
    { name: 'a', image: 'a:1', targetContainerName: 'b' },
    { name: 'a', image: 'a:1', resources: {}, ...messages, imagePullPolicy: 'IfNotPresent', targetContainerName: 'b' },
  ],
  ['Probe', {}, times],
  ['Probe', { timeoutSeconds: 0, periodSeconds: 5 }, { ...times, periodSeconds: 5 }],
  [
    'Probe',
    { initialDelaySeconds: 2, failureThreshold: 9, terminationGracePeriodSeconds: 1, grpc: { port: 1 } },
    {
      grpc: { port: 1, service: '' },
      initialDelaySeconds: 2,
      ...times,
      failureThreshold: 9,
      terminationGracePeriodSeconds: 1,
    },
  ],
  ['Probe', { httpGet: { port: 'web' } }, { httpGet: { path: '/', port: 'web', scheme: 'HTTP' }, ...times }],
  [
    'Lifecycle',
    { preStop: { httpGet: { port: 1, path: '/x', scheme: 'HTTPS' } }, postStart: { httpGet: { port: 2 } } },
    {
      postStart: { httpGet: { path: '/', port: 2, scheme: 'HTTP' } },
      preStop: { httpGet: { path: '/x', port: 1, scheme: 'HTTPS' } },
    },
  ],
  [
    'EnvVar',
    { name: 'a', valueFrom: { fieldRef: { fieldPath: 'x' } } },
    { name: 'a', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'x' } } },
  ],
  [
    'ResourceRequirements',
    {
      limits: { cpu: '1', memory: '0.0001' },
      requests: { cpu: '1n', memory: '1.5Ki', x: '1e-7', y: '1.500', z: '1m' },
    },
    { limits: { cpu: '1', memory: '1m' }, requests: { cpu: '1m', memory: '1536', x: '1e-3', y: '1.500', z: '1m' } },
  ],
  [
    'ContainerStatus',
    { allocatedResources: { cpu: '-1n' } },
    {
      name: '',
      state: {},
      lastState: {},
      ready: false,
      restartCount: 0,
      image: '',
      imageID: '',
      allocatedResources: { cpu: '-1m' },
    },
  ],
])('%s %j', (name, body, expected) => {
  expectRead(`core.v1.${name}`, body, expected)
})
