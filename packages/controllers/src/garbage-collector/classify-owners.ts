import type { OwnerReference } from '@fairlead/apimachinery'
import type { AbsentOwners } from './absent-owners.ts'
import type { ObjectAccess } from './object-access.ts'
import { NamespacedOwnerError } from './object-access.ts'
import { type ObjectReference, ownerOf } from './object-reference.ts'
import { foregroundFinalizer, isDeletingWith } from './observed-object.ts'

/** The owners of an object, by what they are now. */
export interface ClassifiedOwners {
  /** They are there. */
  readonly solid: readonly OwnerReference[]
  /** They are not, or what has their name is another object. */
  readonly dangling: readonly OwnerReference[]
  /** They are being deleted in the foreground, and wait for the object. */
  readonly waiting: readonly OwnerReference[]
}

export interface OwnerLookup {
  readonly access: ObjectAccess
  readonly absentOwners: AbsentOwners
}

/** Asks the server what has become of the owners of an object. */
export async function classifyOwners(
  lookup: OwnerLookup,
  { namespace }: ObjectReference,
  owners: readonly OwnerReference[],
): Promise<ClassifiedOwners> {
  const classified = { solid: [], dangling: [], waiting: [] } as Record<keyof ClassifiedOwners, OwnerReference[]>
  for (const owner of owners) classified[await classifyOwner(lookup, namespace, owner)].push(owner)
  return classified
}

async function classifyOwner(
  { access, absentOwners }: OwnerLookup,
  namespace: string,
  reference: OwnerReference,
): Promise<keyof ClassifiedOwners> {
  // Whatever the scope of its kind, which may not be known any more.
  if (absentOwners.has(ownerOf(reference, '')) || absentOwners.has(ownerOf(reference, namespace))) return 'dangling'
  const { namespaced } = access.kindOf(reference)
  if (namespaced && namespace === '') throw new NamespacedOwnerError()
  const owner = ownerOf(reference, namespaced ? namespace : '')
  const found = await access.read(owner)
  if (found === undefined || found.uid !== reference.uid) {
    absentOwners.add(owner)
    return 'dangling'
  }
  return isDeletingWith(found, foregroundFinalizer) ? 'waiting' : 'solid'
}
