/** Text that is no YAML, or YAML that JSON cannot say. */
export class YamlSyntaxError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'YamlSyntaxError'
  }
}
