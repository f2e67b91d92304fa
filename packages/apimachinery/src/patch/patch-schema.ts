/** What strategic merge patch has to know of a struct: how it treats each field. */
export interface PatchSchema {
  /** The struct's type name, for messages, such as `PodSpec`. */
  readonly name?: string
  /** The field of that JSON name, or undefined where the struct has none. */
  field(name: string): PatchField | undefined
}

/** How strategic merge patch treats one field. */
export interface PatchField {
  /**
   * `merge` merges a list by its keys, or as a set where its items are scalars; `replace` replaces a struct; `retainKeys`
   * tells clients to send `$retainKeys`. Without a strategy structs merge, and lists and scalars are replaced.
   */
  readonly strategies: readonly ('merge' | 'replace' | 'retainKeys')[]
  /** The field that identifies the items of a list of structs. */
  readonly mergeKey?: string
  /** Of the struct, of list items, or of map values. */
  readonly schema?: PatchSchema
  /** The field is a map with string keys, and `schema` is that of its values. */
  readonly map?: boolean
}
