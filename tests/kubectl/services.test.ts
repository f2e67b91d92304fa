import { expect, test } from 'vitest'
import { describeKubectl } from '../support/describe-kubectl.ts'

describeKubectl('services', (suite) => {
  test('get addresses and node ports, and keep them when their manifest is applied again', async () => {
    const kube = await suite.inNamespace('services')
    const manifest = (type: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { type, selector: { app: 'web' }, ports: [{ port: 80 }] },
      })
    await kube.withInput(manifest('NodePort'), 'apply', '-f', '-')
    const given = '{.spec.clusterIP} {.spec.ports[0].nodePort}'
    const before = await kube('get', 'service', 'web', '-o', `jsonpath=${given}`)
    expect(before).toMatch(/^10\.0\.0\.\d+ 3[0-2]\d\d\d$/)
    expect(await kube.withInput(manifest('NodePort'), 'apply', '-f', '-')).toBe('service/web unchanged\n')
    expect(await kube('get', 'service', 'web', '-o', `jsonpath=${given}`)).toBe(before)
    const [address = '', port = ''] = before.split(' ')
    const row = new RegExp(`^web\\s+NodePort\\s+${address}\\s+<none>\\s+80:${port}/TCP`, 'm')
    expect(await kube('get', 'services')).toMatch(row)
    expect(await kube('get', 'services', '--field-selector', `spec.clusterIP=${address}`, '-o', 'name')).toBe(
      'service/web\n',
    )
    await kube.withInput(manifest('ClusterIP'), 'apply', '-f', '-')
    expect(await kube('get', 'service', 'web', '-o', `jsonpath=${given}`)).toBe(`${address} `)
  })

  test('of every type, as create service makes them', async () => {
    const kube = await suite.inNamespace('kinds-of-services')
    await kube('create', 'service', 'clusterip', 'a', '--tcp=80')
    await kube('create', 'service', 'clusterip', 'h', '--clusterip=None', '--tcp=80')
    await kube('create', 'service', 'externalname', 'e', '--external-name=example.com')
    await kube('create', 'service', 'loadbalancer', 'l', '--tcp=80')
    const rows = (await kube('get', 'services', '--no-headers')).split('\n')
    expect(rows.map((row) => row.split(/\s+/).slice(0, 4))).toEqual([
      ['a', 'ClusterIP', expect.stringMatching(/^10\.0\.0\./), '<none>'],
      ['e', 'ExternalName', '<none>', 'example.com'],
      ['h', 'ClusterIP', 'None', '<none>'],
      ['l', 'LoadBalancer', expect.stringMatching(/^10\.0\.0\./), '<pending>'],
      [''],
    ])
  })

  test('that ask for an address which another one has are refused', async () => {
    const kube = await suite.inNamespace('taken')
    await kube('create', 'service', 'clusterip', 'a', '--tcp=80')
    const address = await kube('get', 'service', 'a', '-o', 'jsonpath={.spec.clusterIP}')
    const refused = await kube.run(['create', 'service', 'clusterip', 'b', '--tcp=80', `--clusterip=${address}`])
    expect(refused.stderr).toContain(
      `Service "b" is invalid: spec.clusterIPs: Invalid value: ["${address}"]: failed to allocate IP ${address}: provided IP is already allocated`,
    )
    await kube('delete', 'service', 'a')
    await kube('create', 'service', 'clusterip', 'b', '--tcp=80', `--clusterip=${address}`)
    const change = await kube.run(['patch', 'service', 'b', '-p', '{"spec":{"clusterIP":"10.0.0.254"}}'])
    expect(change.stderr).toContain('spec.clusterIPs[0]: Invalid value: ["10.0.0.254"]: may not change once set')
  })
})
