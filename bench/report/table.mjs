/** A benchmark's rows as text, numbers to three digits, columns that nothing stands in left out. */
export function formatTable(title, rows) {
  const columns = [
    ['', (row) => row.what, 'left'],
    ['unit', (row) => row.unit, 'left'],
    ['fairlead', (row) => number(row.medians.fairlead)],
    ['raw', (row) => number(row.medians.raw)],
    ['x raw', (row) => ratio(row.ratioToRaw)],
    ['reference', (row) => number(row.medians.reference)],
    ['x reference', (row) => ratio(row.ratioToReference)],
    ['budget', (row) => number(row.budget)],
    ['x budget', (row) => ratio(row.ratioToBudget)],
  ].filter(([, cell]) => rows.some((row) => cell(row) !== ''))
  const lines = [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const text = lines.map((line) =>
    line
      .map((cell, column) =>
        columns[column][2] === 'left' ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  )
  return [title, ...text.map((line) => `  ${line}`), ''].join('\n')
}

function number(value) {
  if (value === undefined) return ''
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}

function ratio(value) {
  return value === undefined ? '' : value.toFixed(2)
}
