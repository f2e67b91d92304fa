import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { fairleadVersion } from './version.ts'

test.each(['fairlead', 'client', 'extension-server'])('the package %s has this version', async (name) => {
  const file = new URL(`../../${name}/package.json`, import.meta.url)
  expect(JSON.parse(await readFile(file, 'utf8')).version).toBe(fairleadVersion)
})
