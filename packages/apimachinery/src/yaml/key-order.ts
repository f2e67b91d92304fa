/** The order in which Kubernetes writes keys: letters after all else, and runs of digits as numbers (`a2` before `a10`). */
export function compareKeys(left: string, right: string): number {
  const a = [...left]
  const b = [...right]
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (a[index] !== b[index]) return compareAt(a, b, index)
  }
  return a.length - b.length
}

/** Compares where the two first differ. */
function compareAt(a: readonly string[], b: readonly string[], index: number): number {
  const [left, right] = [a[index] ?? '', b[index] ?? '']
  const [leftIsLetter, rightIsLetter] = [isLetter(left), isLetter(right)]
  if (leftIsLetter && rightIsLetter) return compareCharacters(left, right)
  if (leftIsLetter || rightIsLetter) return rightIsLetter ? -1 : 1
  const inNumber = (left === '0' || right === '0') && continuesNumber(a, index)
  const [leftDigits, rightDigits] = [digitsAt(a, index), digitsAt(b, index)]
  const lead = inNumber ? '1' : '0'
  const difference = BigInt(lead + leftDigits) - BigInt(lead + rightDigits)
  if (difference !== 0n) return difference < 0n ? -1 : 1
  return leftDigits.length - rightDigits.length || compareCharacters(left, right)
}

/** True when a digit other than zero stands in the run of digits before `index`. */
function continuesNumber(text: readonly string[], index: number): boolean {
  for (let before = index - 1; before >= 0 && /\d/.test(text[before] ?? ''); before--)
    if (text[before] !== '0') return true
  return false
}

function digitsAt(text: readonly string[], index: number): string {
  let end = index
  while (/^\d$/.test(text[end] ?? '')) end += 1
  return text.slice(index, end).join('')
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character)
}

function compareCharacters(left: string, right: string): number {
  return (left.codePointAt(0) ?? 0) - (right.codePointAt(0) ?? 0)
}
