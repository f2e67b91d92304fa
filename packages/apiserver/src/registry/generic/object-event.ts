import type { CacheChange } from '@fairlead/storage'
import type { StoredEvent, WatchEvent } from '../rest/capabilities.ts'
import type { KeptObject } from './stored-object.ts'

/** A change of one object, shared by everybody who watches the resource; what it is as a watch event is made once. */
export interface ObjectEvent extends StoredEvent {
  readonly current?: KeptObject
  readonly previous?: KeptObject
  /** What a watcher of everything sees. */
  readonly plain: WatchEvent
  /** The object came into sight of a watcher. */
  readonly added: WatchEvent
  /** The object went out of sight: its content before, at the revision of the change. */
  readonly deleted: WatchEvent
}

/** The event of a change. */
export function createObjectEvent(change: CacheChange<KeptObject>): ObjectEvent {
  return new Event(change)
}

class Event implements ObjectEvent {
  readonly revision: number
  declare readonly current?: KeptObject
  declare readonly previous?: KeptObject
  /** Weak: watchers of the moment share the frames, and an event in the history must not hold on to them. */
  #encoded: WeakRef<Map<string, Uint8Array>> | undefined
  #plain: WatchEvent | undefined
  #added: WatchEvent | undefined
  #deleted: WatchEvent | undefined

  constructor({ revision, current, previous }: CacheChange<KeptObject>) {
    this.revision = revision
    if (current !== undefined) this.current = current
    if (previous !== undefined) this.previous = previous
  }

  get encoded(): Map<string, Uint8Array> {
    const known = this.#encoded?.deref()
    if (known !== undefined) return known
    const encoded = new Map<string, Uint8Array>()
    this.#encoded = new WeakRef(encoded)
    return encoded
  }

  get plain(): WatchEvent {
    this.#plain ??=
      this.current === undefined
        ? this.deleted
        : this.previous === undefined
          ? this.added
          : { type: 'MODIFIED', object: this.current, source: this }
    return this.#plain
  }

  get added(): WatchEvent {
    this.#added ??= { type: 'ADDED', object: existing(this.current), source: this }
    return this.#added
  }

  get deleted(): WatchEvent {
    this.#deleted ??= { type: 'DELETED', object: existing(this.previous).atRevision(this.revision), source: this }
    return this.#deleted
  }
}

function existing(object: KeptObject | undefined): KeptObject {
  if (object === undefined) throw new Error('a change has the object before it, the object after it, or both')
  return object
}
