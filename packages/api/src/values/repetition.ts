/** Tells of each value, one after the other, whether it was there before. */
export function repetition<T>(): (value: T) => boolean {
  const seen = new Set<T>()
  return (value) => seen.size === seen.add(value).size
}
