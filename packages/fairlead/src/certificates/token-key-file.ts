import { generateKeyPair } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { replaceFile } from './replace-file.ts'

/**
 * The private key, PEM, that signs the tokens of service accounts. Made once in `folder`: another key would end all tokens.
 * P-256, which is made in no time. The public key is written beside it for those who verify tokens elsewhere.
 */
export async function ensureTokenKey(folder: string): Promise<string> {
  const path = join(folder, 'sa.key')
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await replaceFile(join(folder, 'sa.pub'), publicKey, 0o644)
  await replaceFile(path, privateKey, 0o600)
  return privateKey
}
