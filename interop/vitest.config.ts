import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** Run by `npm run test:interop`, which prepares the clients. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [] } },
  defineConfig({
    root: fileURLToPath(new URL('..', import.meta.url)),
    test: { include: ['interop/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
  }),
)
