/** How rules describe a string that is too long, counted in characters of ASCII. */
export function maxLengthText(length: number): string {
  return `must be no more than ${length} characters`
}

/** How rules on label keys and values describe a string that is too long. */
export function maxBytesText(length: number): string {
  return `must be no more than ${length} bytes`
}

/**
 * How rules describe a mismatch of a pattern: `<rule> (e.g. 'a',  or 'b', regex used for validation is '…')`. The comma
 * and the two blanks before `or` are part of the text.
 */
export function regexText(rule: string, pattern: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${rule} (regex used for validation is '${pattern}')`
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`
}

/** How rules describe a number outside an inclusive range. */
export function rangeText(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}

/** The rule that an empty string breaks. */
export const emptyText: string = 'must be non-empty'

/** The rule for fields that never change. */
export const immutableText: string = 'field is immutable'

/** The rule for numbers that may not be negative. */
export const negativeText: string = 'must be greater than or equal to 0'
