/** The newest version of this server, the component "wardle". */
export const newestVersion = 'wardle=1.2'

/** What a version says of BanFlunder: alpha and off in 1.0, beta and on in 1.1, on for good in 1.2. */
const banFlunder: Readonly<Record<string, { readonly on: boolean; readonly locked: boolean }>> = {
  'wardle=1.0': { on: false, locked: false },
  'wardle=1.1': { on: true, locked: false },
  [newestVersion]: { on: true, locked: true },
}

export interface Features {
  readonly banFlunder: boolean
}

/**
 * What the server does when it emulates a version such as `wardle=1.1`, with gates such as `wardle:BanFlunder=false`. Throws
 * a `TypeError` for a version that it cannot be, and for gates that the version does not have or has locked.
 */
export function featuresOf(emulatedVersion: string, gates: readonly string[] = []): Features {
  const version = banFlunder[emulatedVersion]
  if (version === undefined) {
    const known = Object.keys(banFlunder).join(', ')
    throw new TypeError(`--emulated-version "${emulatedVersion}": must be one of ${known}`)
  }
  let { on } = version
  for (const gate of gates) {
    const [, name = '', value] = /^(?:wardle:)?([^=]*)=(true|false)$/.exec(gate) ?? []
    if (value === undefined)
      throw new TypeError(`--feature-gates "${gate}": must be wardle:GATE=true or wardle:GATE=false`)
    if (name !== 'BanFlunder') throw new TypeError(`unrecognized feature gate: ${name}`)
    if (version.locked && value !== String(version.on)) {
      throw new TypeError(`cannot set feature gate ${name} to ${value}, feature is locked to ${version.on}`)
    }
    on = value === 'true'
  }
  return { banFlunder: on }
}
