/** The middle value; the lower one of the two middle values of an even number. */
export function median(values) {
  return quantile(sorted(values), 0.5)
}

/** Median, 99th percentile, least and greatest of some numbers. */
export function summarize(values) {
  const ascending = sorted(values)
  return { p50: quantile(ascending, 0.5), p99: quantile(ascending, 0.99), min: ascending[0], max: ascending.at(-1) }
}

function sorted(values) {
  return Float64Array.from(values).sort()
}

function quantile(ascending, share) {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)]
}
