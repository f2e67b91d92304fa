import { describe, expect, test } from 'vitest'
import { imagePullPolicy } from './image-pull-policy.ts'

const hex = (length: number) => 'a'.repeat(length)
const sha256 = `sha256:${hex(64)}`

describe('imagePullPolicy', () => {
  test.each([
    'nginx',
    'nginx:latest',
    'library/nginx',
    'docker.io/nginx',
    'index.docker.io/nginx:latest',
    'localhost/nginx',
    'localhost:5000/a/b:latest',
    'registry.example.com/a__b/c.d/e---f',
    '[::1]:5000/nginx',
    'UPPER/nginx',
    `nginx:latest@${sha256}`,
    `nginx:latest@sha512:${hex(128)}`,
  ])('%s may change', (image) => {
    expect(imagePullPolicy(image)).toBe('Always')
  })

  test.each(['nginx:1.27', 'nginx:Latest', 'localhost:5000/nginx:v1', `nginx@${sha256}`, `nginx:1@${sha256}`])(
    '%s stays',
    (image) => {
      expect(imagePullPolicy(image)).toBe('IfNotPresent')
    },
  )

  test.each([
    '',
    ' nginx',
    'Nginx',
    'a/B',
    'example.com/A',
    'nginx:',
    'nginx:latest:latest',
    'a//b',
    'a_/b',
    'a___b',
    hex(64),
    `nginx:latest@sha256:${hex(63)}`,
    `nginx:latest@sha256:${'A'.repeat(64)}`,
    `nginx:latest@md5:${hex(32)}`,
    `${'a/'.repeat(130)}b`,
    `nginx:${hex(129)}`,
  ])('%s is no reference, which is left to validation', (image) => {
    expect(imagePullPolicy(image)).toBe('IfNotPresent')
  })
})
