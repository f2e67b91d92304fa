/** `make`'s value, made at the first call. A call that throws is tried again. */
export function once<T>(make: () => T): () => T {
  let value: { readonly made: T } | undefined
  return () => {
    value ??= { made: make() }
    return value.made
  }
}
