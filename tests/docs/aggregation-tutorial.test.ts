import { symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLineTools } from '../support/command-line-tools.ts'
import { type FollowedCommand, followCommand } from '../support/follow-command.ts'
import { runCommand } from '../support/run-command.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { startTestControlPlane, type TestControlPlane } from '../support/test-control-plane.ts'
import { type Block, consoleCommands, readBlocks, withoutVariation } from './replay-page.ts'

const root = join(import.meta.dirname, '../..')
const page = new URL('../../docs/aggregation-tutorial.md', import.meta.url)

let controlPlane: TestControlPlane
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let env: Record<string, string>
let proxyPort = ''
const running: FollowedCommand[] = []

/** A folder that looks like the checkout to the page's commands, and is not. */
beforeAll(async () => {
  controlPlane = await startTestControlPlane()
  folder = await temporaryFolder()
  for (const name of ['examples', 'node_modules']) await symlink(join(root, name), join(folder.path, name))
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}')
  const { kubectl } = await commandLineTools('newest')
  const path = [dirname(kubectl), join(root, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']]
  env = { KUBECONFIG: controlPlane.kubeconfig, HOME: folder.path, PATH: path.join(delimiter) }
})
afterAll(async () => {
  for (const program of running.reverse()) await program.stop()
  await controlPlane.stop()
  await folder.remove()
})

function shell(command: string) {
  const local = command.replaceAll('npx ', '').replaceAll('127.0.0.1:8001', `127.0.0.1:${proxyPort}`)
  return runCommand('bash', ['-c', `{ ${local}\n} 2>&1`], { env, cwd: folder.path })
}

/** Starts a program that the page leaves running; gives the first line that it prints. */
async function start(command: string): Promise<string> {
  const program = followCommand('bash', ['-c', `cd '${folder.path}' && exec ${command}`], env)
  running.push(program)
  return await program.next()
}

/** Steps of the page that are not typed and answered at once. */
const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  // The control plane of the test stands for these.
  'npm start': async () => {},
  'export KUBECONFIG=$PWD/.fairlead/kubeconfig': async () => {},
  'npm start -w examples/sample-apiserver': () => start('node examples/sample-apiserver/dist/main.js'),
  'kubectl proxy --port=8001': async () => {
    proxyPort = (await start('kubectl proxy --port=0')).split(':').at(-1) ?? ''
  },
  'node robot.js': () => start('node robot.js'),
}

async function replay({ language, text }: Block): Promise<void> {
  if (language === 'ts') await writeFile(join(folder.path, 'robot.ts'), text)
  if (language === 'sh') {
    for (const line of text.trimEnd().split('\n')) {
      const step = steps[line]
      if (step !== undefined) await step()
      else expect(await shell(line)).toEqual({ code: 0, stdout: '', stderr: '' })
    }
  }
  if (language === 'console') {
    for (const { command, output } of consoleCommands(text)) {
      const { stdout } = await shell(command)
      expect(`$ ${command}\n${withoutVariation(stdout)}`).toBe(`$ ${command}\n${withoutVariation(output)}`)
    }
  }
}

test('every command of the tutorial prints what the page says', { timeout: 120_000 }, async () => {
  const blocks = await readBlocks(page)
  expect(blocks.filter(({ language }) => language === 'console')).toHaveLength(8)
  for (const block of blocks) await replay(block)
})

test('the program of the tutorial is as short as the page says', async () => {
  const program = (await readBlocks(page)).find(({ language }) => language === 'ts')
  expect(program?.text.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
})
