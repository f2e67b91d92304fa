import { median } from './statistics.mjs'

/**
 * One line of a benchmark's table: `what` was measured in which `unit`, the values of each server by its name, and the
 * budget where there is one. Ratios are those of the medians, Fairlead's over the other's.
 */
export function row({ what, unit, values, budget }) {
  const medians = Object.fromEntries(
    Object.entries(values)
      .filter(([, list]) => list.length > 0 && list.every((value) => value !== undefined))
      .map(([name, list]) => [name, median(list)]),
  )
  const ratio = (other) =>
    other === undefined || medians.fairlead === undefined ? undefined : medians.fairlead / other
  return {
    what,
    unit,
    medians,
    values,
    ratioToRaw: ratio(medians.raw),
    ratioToReference: ratio(medians.reference),
    budget,
    ratioToBudget: ratio(budget),
  }
}

/** Rows from what `alternate` measured: `columns` says which property of a measurement goes into which row. */
export function rows(measurements, columns) {
  return columns.map(({ property, ...rest }) =>
    row({
      ...rest,
      values: Object.fromEntries(
        Object.entries(measurements).map(([name, list]) => [name, list.map((measurement) => measurement[property])]),
      ),
    }),
  )
}
