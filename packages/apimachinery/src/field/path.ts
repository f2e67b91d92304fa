/**
 * Where in an object a value stands, such as `spec.containers[0].name`. Immutable; every step makes a new path, so a
 * path can be shared.
 */
export class FieldPath {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** The path of a top-level field, or of a field below it. */
  static root(name: string, ...children: readonly string[]): FieldPath {
    return new FieldPath([name, ...children].join('.'))
  }

  /** The path of a field of this value. */
  child(...names: readonly string[]): FieldPath {
    let text = this.#text
    for (const name of names) text += text === '' ? name : `.${name}`
    return new FieldPath(text)
  }

  /** The path of a list item: `spec.containers[0]`. */
  index(index: number): FieldPath {
    return new FieldPath(`${this.#text}[${index}]`)
  }

  /** The path of a map entry, or of a keyed list item: `metadata.labels[app]`. */
  key(key: string): FieldPath {
    return new FieldPath(`${this.#text}[${key}]`)
  }

  toString(): string {
    return this.#text
  }
}

/** Short for `FieldPath.root`. */
export function fieldPath(name: string, ...children: readonly string[]): FieldPath {
  return FieldPath.root(name, ...children)
}
