/** The newest version of this server, the component "wardle". */
export const newestVersion = 'wardle=1.2'

/** Which features each version has: BanFlunder is alpha and off in 1.0, beta and on in 1.1, always on in 1.2. */
const features: Readonly<Record<string, { readonly banFlunder: boolean }>> = {
  'wardle=1.0': { banFlunder: false },
  'wardle=1.1': { banFlunder: true },
  [newestVersion]: { banFlunder: true },
}

/** What the server does when it emulates a version such as `wardle=1.1`. Throws a `TypeError` for one that it cannot. */
export function featuresOf(emulatedVersion: string): { readonly banFlunder: boolean } {
  const found = features[emulatedVersion]
  if (found === undefined) {
    throw new TypeError(`--emulated-version "${emulatedVersion}": must be one of ${Object.keys(features).join(', ')}`)
  }
  return found
}
