import { formatLabels, labelKey, type MetricFamily, type MetricOptions, seriesName } from './metric-family.ts'

/** One series of a counter or gauge. Keep it: changing it costs an addition, finding it a look-up. */
export interface NumberSeries {
  value: number
}

/** A counter or a gauge. */
export class NumberFamily implements MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly #labels: readonly string[]
  readonly #series = new Map<string, NumberSeries & { readonly labels: string }>()

  constructor(type: 'counter' | 'gauge', options: MetricOptions) {
    this.type = type
    this.name = options.name
    this.help = options.help
    this.#labels = options.labels
  }

  /** The series with these label values, in the order of the labels; made at 0 when it is new. */
  series(...values: readonly string[]): NumberSeries {
    const key = labelKey(values)
    let series = this.#series.get(key)
    if (series === undefined) {
      series = { value: 0, labels: formatLabels(this.#labels, values) }
      this.#series.set(key, series)
    }
    return series
  }

  /** Ends a series: what it measured is gone. */
  remove(...values: readonly string[]): void {
    this.#series.delete(labelKey(values))
  }

  *samples(): Iterable<string> {
    for (const { value, labels } of this.#series.values()) yield `${seriesName(this.name, labels)} ${value}`
  }

  reset(): void {
    if (this.type === 'gauge') return
    for (const series of this.#series.values()) series.value = 0
  }
}
