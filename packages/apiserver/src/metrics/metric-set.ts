import type { MetricFamily } from './metric-family.ts'

/** The metrics of one server. */
export interface MetricSet {
  /** Adds a family. Throws when its name is taken. */
  add<Family extends MetricFamily>(family: Family): Family
  /**
   * The text exposition of all metrics, in pieces of about 16 KiB. Whoever writes them out should let other work in
   * between two pieces.
   */
  render(): AsyncIterable<string>
  /** Sets counters and histograms back to nothing. */
  reset(): void
}

const pieceSize = 16 * 1024

/** Makes a set. `processMetrics` adds CPU, memory and event loop of the process, which are shared by all servers in it. */
export function createMetricSet(options: { readonly processMetrics?: boolean } = {}): MetricSet {
  const families = new Map<string, MetricFamily>()
  let processText: (() => Promise<string>) | undefined
  return {
    add(family) {
      if (families.has(family.name)) throw new Error(`a metric with the name ${family.name} exists already`)
      families.set(family.name, family)
      return family
    },
    async *render() {
      let piece = ''
      for (const family of [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        piece += `# HELP ${family.name} ${family.help}\n# TYPE ${family.name} ${family.type}\n`
        for (const line of family.samples()) {
          piece += `${line}\n`
          if (piece.length < pieceSize) continue
          yield piece
          piece = ''
        }
      }
      if (options.processMetrics === true) {
        processText ??= await openProcessMetrics()
        piece += await processText()
      }
      yield piece
    },
    reset() {
      for (const family of families.values()) family.reset()
    },
  }
}

/** Loaded with the first scrape: a server that nobody scrapes does not pay for it at start. */
async function openProcessMetrics(): Promise<() => Promise<string>> {
  const { collectDefaultMetrics, Registry } = await import('prom-client')
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return () => registry.metrics()
}
