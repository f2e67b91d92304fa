/** A copy of a string map with one entry set; keys stay sorted. */
export function withEntry(map: Readonly<Record<string, string>>, key: string, value: string): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...map, [key]: value }).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
}
