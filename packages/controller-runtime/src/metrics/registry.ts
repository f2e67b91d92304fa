export type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(labels: Labels, value?: number): void
}

export interface Gauge {
  set(labels: Labels, value: number): void
  /** A value that is asked for when metrics are rendered. */
  setFrom(labels: Labels, value: () => number): void
}

export interface Histogram {
  observe(labels: Labels, value: number): void
}

/** Metrics of one process, for the text format of Prometheus. Asking for a name again gives the same metric. */
export interface MetricsRegistry {
  counter(name: string, help: string): Counter
  gauge(name: string, help: string): Gauge
  histogram(name: string, help: string, buckets: readonly number[]): Histogram
  render(): string
}

type Kind = 'counter' | 'gauge' | 'histogram'
interface Family {
  readonly kind: Kind
  readonly help: string
  readonly series: Map<string, Series>
}
interface Series {
  read(): string[]
  value: number
  readonly counts: number[]
}

export function createMetricsRegistry(): MetricsRegistry {
  const families = new Map<string, Family>()
  const familyOf = (name: string, kind: Kind, help: string): Family => {
    const family = families.get(name) ?? { kind, help, series: new Map<string, Series>() }
    if (family.kind !== kind) throw new Error(`the metric ${name} is a ${family.kind}`)
    families.set(name, family)
    return family
  }
  const seriesOf = (family: Family, labels: Labels, create: (text: string) => Series): Series => {
    const text = labelText(labels)
    const series = family.series.get(text) ?? create(text)
    family.series.set(text, series)
    return series
  }
  const single = (name: string, text: string): Series => {
    const series: Series = { value: 0, counts: [], read: () => [`${name}${braced(text)} ${series.value}`] }
    return series
  }
  return {
    counter(name, help) {
      const family = familyOf(name, 'counter', help)
      return {
        add(labels, value = 1) {
          seriesOf(family, labels, (text) => single(name, text)).value += value
        },
      }
    },
    gauge(name, help) {
      const family = familyOf(name, 'gauge', help)
      return {
        set(labels, value) {
          seriesOf(family, labels, (text) => single(name, text)).value = value
        },
        setFrom(labels, value) {
          const text = labelText(labels)
          family.series.set(text, { value: 0, counts: [], read: () => [`${name}${braced(text)} ${value()}`] })
        },
      }
    },
    histogram(name, help, buckets) {
      const family = familyOf(name, 'histogram', help)
      const create = (text: string): Series => {
        const series: Series = {
          value: 0,
          counts: Array.from({ length: buckets.length + 1 }, () => 0),
          read: () => histogramLines(name, text, buckets, series),
        }
        return series
      }
      return {
        observe(labels, value) {
          const series = seriesOf(family, labels, create)
          const index = buckets.findIndex((bound) => value <= bound)
          const bucket = index === -1 ? buckets.length : index
          series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
          series.value += value
        },
      }
    },
    render() {
      const lines = [...families].flatMap(([name, { kind, help, series }]) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${kind}`,
        ...[...series.values()].flatMap((one) => one.read()),
      ])
      return lines.map((line) => `${line}\n`).join('')
    },
  }
}

function histogramLines(name: string, text: string, buckets: readonly number[], { value, counts }: Series): string[] {
  const comma = text === '' ? '' : ','
  let total = 0
  const lines = counts.map((count, index) => {
    total += count
    return `${name}_bucket{${text}${comma}le="${buckets[index] ?? '+Inf'}"} ${total}`
  })
  return [...lines, `${name}_sum${braced(text)} ${value}`, `${name}_count${braced(text)} ${total}`]
}

function braced(text: string): string {
  return text === '' ? '' : `{${text}}`
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
