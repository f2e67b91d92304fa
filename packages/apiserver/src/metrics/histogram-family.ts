import { formatLabels, labelKey, type MetricFamily, type MetricOptions, seriesName } from './metric-family.ts'

/** A histogram. Buckets are upper bounds, ascending, without infinity. */
export class HistogramFamily implements MetricFamily {
  readonly name: string
  readonly help: string
  readonly type = 'histogram'
  readonly #labels: readonly string[]
  readonly #buckets: readonly number[]
  readonly #series = new Map<string, HistogramSeries>()

  constructor(options: MetricOptions & { readonly buckets: readonly number[] }) {
    this.name = options.name
    this.help = options.help
    this.#labels = options.labels
    this.#buckets = options.buckets
  }

  /** The series with these label values, in the order of the labels. */
  series(...values: readonly string[]): HistogramSeries {
    const key = labelKey(values)
    let series = this.#series.get(key)
    if (series === undefined) {
      series = new HistogramSeries(formatLabels(this.#labels, values), this.#buckets)
      this.#series.set(key, series)
    }
    return series
  }

  *samples(): Iterable<string> {
    for (const series of this.#series.values()) yield* series.samples(this.name)
  }

  reset(): void {
    for (const series of this.#series.values()) series.reset()
  }
}

/** One series of a histogram. Keep it: an observation then costs a search among the buckets. */
export class HistogramSeries {
  readonly #labels: string
  readonly #buckets: readonly number[]
  readonly #counts: Float64Array
  #sum = 0

  constructor(labels: string, buckets: readonly number[]) {
    this.#labels = labels
    this.#buckets = buckets
    this.#counts = new Float64Array(buckets.length + 1)
  }

  observe(value: number): void {
    let index = 0
    while (index < this.#buckets.length && value > (this.#buckets[index] ?? 0)) index += 1
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += value
  }

  reset(): void {
    this.#counts.fill(0)
    this.#sum = 0
  }

  *samples(name: string): Iterable<string> {
    const prefix = this.#labels === '' ? '' : `${this.#labels},`
    let total = 0
    for (const [index, bound] of this.#buckets.entries()) {
      total += this.#counts[index] ?? 0
      yield `${name}_bucket{${prefix}le="${bound}"} ${total}`
    }
    total += this.#counts[this.#buckets.length] ?? 0
    yield `${name}_bucket{${prefix}le="+Inf"} ${total}`
    yield `${seriesName(`${name}_sum`, this.#labels)} ${this.#sum}`
    yield `${seriesName(`${name}_count`, this.#labels)} ${total}`
  }
}
