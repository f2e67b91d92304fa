/** Several errors as one text, each said once: `a`, or `[a, b]`. */
export function aggregateText(texts: readonly string[]): string {
  const different = [...new Set(texts)]
  return different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`
}
