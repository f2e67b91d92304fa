// Joins the compiled modules of the command into a few files. The command starts several times faster that way: most of
// the time to start many small modules goes into finding, opening and linking them. What the sources import with `import()`
// stays in files of its own and is read when it is needed.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'fairlead', 'dist')
const output = join(dist, 'bundle')

/** Finds its binary beside its own files. */
const unbundled = ['lmdb']

rmSync(output, { recursive: true, force: true })
await build({
  input: join(dist, 'main.js'),
  platform: 'node',
  external: unbundled,
  output: { dir: output, format: 'esm', sourcemap: true, chunkFileNames: '[name]-[hash].js' },
  // What one module imports at once and another when it needs it is there at once; no warning about that.
  checks: { ineffectiveDynamicImport: false },
})
