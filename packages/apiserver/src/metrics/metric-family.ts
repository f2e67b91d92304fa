/** One metric with all its series, as the text exposition format wants it. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  /** The lines of its series, without line ends. */
  samples(): Iterable<string>
  /** Sets counters and histograms to nothing. A gauge stays: what it measures does not change. */
  reset(): void
}

/** How a family is declared. */
export interface MetricOptions {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

/** Label names and values as they stand between braces; empty values are kept, as series with and without differ. */
export function formatLabels(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`).replaceAll('"', String.raw`\"`)
}

/** The name of a series with its labels. */
export function seriesName(name: string, labels: string): string {
  return labels === '' ? name : `${name}{${labels}}`
}

/** Joins label values to a key; the separator cannot occur in what comes from a URL. */
export function labelKey(values: readonly string[]): string {
  return values.join('\u0000')
}
