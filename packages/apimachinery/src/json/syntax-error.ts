/** Text that is no JSON, or JSON that no value can hold. The message is Go's. */
export class JsonSyntaxError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'JsonSyntaxError'
  }
}
