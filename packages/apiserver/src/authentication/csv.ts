/** A CSV file that does not parse. */
export class CsvSyntaxError extends Error {
  override readonly name = 'CsvSyntaxError'
}

/**
 * The records of an RFC 4180 text: fields in quotes may hold commas, doubled quotes and line breaks. Empty lines are
 * skipped. Throws CsvSyntaxError for a quote inside a bare field and for a quoted field that does not end.
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = []
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/y
  let record: string[] = []
  while (field.lastIndex < text.length) {
    const start = field.lastIndex
    const match = field.exec(text)
    if (match === null) {
      const line = text.slice(0, start).split('\n').length
      throw new CsvSyntaxError(`line ${line}: a quote is misplaced or not closed`)
    }
    const [, value = '', separator = ''] = match
    record.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value)
    if (separator === ',') {
      if (field.lastIndex === text.length) record.push('')
    } else {
      if (record.length > 1 || record[0] !== '') records.push(record)
      record = []
    }
  }
  if (record.length > 0) records.push(record)
  return records
}
