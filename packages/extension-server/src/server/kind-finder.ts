import { builtinKind } from '@fairlead/api'
import type { GroupVersionKind } from '@fairlead/apimachinery'
import type { KindDescription } from '@fairlead/openapi'

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** Kinds that every group-version has beside its own: clients send DeleteOptions with the apiVersion of the resource. */
const everywhere: ReadonlySet<string> = new Set(['DeleteOptions', 'WatchEvent'])

/** Finds the kinds of a server: its own, those of every group, and the built-in ones (Status, Scale, metadata). */
export function kindFinder(own: readonly KindDescription[]): (kind: GroupVersionKind) => KindDescription | undefined {
  const byName = new Map(own.map((description) => [nameOf(description), description]))
  const groups = new Set(own.map(({ group, version }) => `${group}/${version}`))
  return (kind) => {
    const known = byName.get(nameOf(kind))
    if (known !== undefined) return known
    if (!everywhere.has(kind.kind) || !groups.has(`${kind.group}/${kind.version}`)) return builtinKind(kind)
    const shared = builtinKind({ group: '', version: 'v1', kind: kind.kind })
    return shared && { ...shared, group: kind.group, version: kind.version, definition: `${meta}${kind.kind}` }
  }
}

function nameOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`
}
