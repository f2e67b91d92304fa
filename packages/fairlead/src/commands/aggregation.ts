import { Command } from 'commander'
import { callServer } from './call-server.ts'

interface RouteReport {
  readonly name: string
  readonly path: string
  readonly backend: string
  readonly address?: string
  readonly available: boolean
  readonly problem?: string
  readonly certificate?: { readonly subject: string; readonly notAfter: string }
  readonly caBundle?: { readonly notAfter: string }
  readonly probe?: {
    readonly at: string
    readonly latencyMs: number
    readonly reason: string
    readonly message: string
  }
  readonly openApi?: string
}

interface AggregationFlags {
  readonly kubeconfig?: string
  readonly all?: boolean
  readonly output: 'text' | 'json'
}

/** `fairlead aggregation`: where every APIService leads and how it is. */
export function aggregationCommand(): Command {
  return new Command('aggregation')
    .description('show where every APIService leads, its certificates, and the last look at its server')
    .option('--kubeconfig <file>', 'whose server is asked (default: $KUBECONFIG, then .fairlead/kubeconfig)')
    .option('--all', 'local APIServices too')
    .option('-o, --output <format>', 'text or json', 'text')
    .action(async ({ kubeconfig, all, output }: AggregationFlags) => {
      const text = await callServer(kubeconfig, '/debug/aggregation')
      if (output === 'json') process.stdout.write(text)
      else process.stdout.write(renderReport(JSON.parse(text) as readonly RouteReport[], all === true))
    })
}

/** The report as a table, with a line for each thing that is wrong. */
export function renderReport(routes: readonly RouteReport[], all: boolean): string {
  const shown = routes.filter(({ backend }) => all || backend !== 'local')
  if (shown.length === 0) return 'No APIService leads to another server.\n'
  const rows = [
    ['PATH', 'BACKEND', 'ADDRESS', 'AVAILABLE', 'CERTIFICATE UNTIL', 'CABUNDLE UNTIL', 'LAST PROBE', 'LATENCY'],
    ...shown.map(({ path, backend, address, available, certificate, caBundle, probe }) => [
      path,
      backend,
      address ?? '',
      available ? 'True' : 'False',
      certificate?.notAfter ?? '',
      caBundle?.notAfter ?? '',
      probe?.at ?? '',
      probe === undefined ? '' : `${probe.latencyMs}ms`,
    ]),
  ]
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  )
  return `${[...lines, ...shown.flatMap(problems)].join('\n')}\n`
}

function problems({ name, problem, probe, available, openApi }: RouteReport): readonly string[] {
  return [
    ...(problem === undefined ? [] : [`${name}: ${problem}`]),
    ...(available || probe === undefined ? [] : [`${name}: ${probe.reason}: ${probe.message}`]),
    ...(openApi === undefined ? [] : [`${name}: OpenAPI document left out: ${openApi}`]),
  ]
}
