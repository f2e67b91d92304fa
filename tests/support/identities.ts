import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identity } from './request-as.ts'
import type { TestControlPlane } from './test-control-plane.ts'

/** A certificate that a control plane keeps in its data folder, such as `admin` or `front-proxy-client`. */
export async function identityOf(controlPlane: TestControlPlane, name: string): Promise<Identity> {
  const [certificate, key] = await Promise.all([
    readFile(join(controlPlane.folder, 'pki', `${name}.crt`), 'utf8'),
    readFile(join(controlPlane.folder, 'pki', `${name}.key`), 'utf8'),
  ])
  return { certificate, key }
}
