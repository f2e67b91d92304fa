/**
 * A value that a field cannot hold. The message is the decoder's text, such as
 * `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`; values with a syntax
 * of their own (quantities, times, base64) bring the text of that syntax.
 */
export class TypeMismatchError extends Error {
  override readonly name = 'TypeMismatchError'
  /** What was found and what was wanted, when the JSON type itself is wrong. */
  readonly mismatch: { readonly found: string; readonly goType: string } | undefined

  constructor(message: string, mismatch?: { readonly found: string; readonly goType: string }) {
    super(message)
    this.mismatch = mismatch
  }
}
