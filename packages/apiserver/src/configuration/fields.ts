import { isJsonObject, type JsonObject, type JsonValue, quote } from '@fairlead/apimachinery'

/** The fields of one object. What has not been asked for when it ends is unknown. */
export class Fields {
  readonly problems: string[]
  readonly #object: JsonObject
  readonly #path: string
  readonly #known = new Set<string>()

  constructor(value: JsonValue | undefined, path: string, problems: string[]) {
    this.problems = problems
    this.#path = path
    this.#object = isJsonObject(value) ? value : {}
    if (value !== undefined && value !== null && !isJsonObject(value)) this.#mismatch('', 'an object')
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined
  }

  text(name: string): string {
    const value = this.#get(name)
    if (value === undefined) return ''
    return typeof value === 'string' ? value : this.#mismatch(name, 'a string')
  }

  flag(name: string): boolean {
    const value = this.#get(name)
    if (value === undefined) return false
    return typeof value === 'boolean' ? value : this.#mismatch(name, 'true or false')
  }

  texts(name: string): readonly string[] {
    return this.#items(name).map((item) =>
      typeof item === 'string' ? item : this.#mismatch(name, 'a list of strings'),
    )
  }

  object(name: string): Fields {
    return new Fields(this.#get(name), this.#at(name), this.problems)
  }

  optional(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined
  }

  list(name: string): readonly Fields[] {
    return this.#items(name).map((item, index) => new Fields(item, `${this.#at(name)}[${index}]`, this.problems))
  }

  /** Notes what has not been asked for. */
  end(): void {
    for (const name of Object.keys(this.#object)) {
      if (!this.#known.has(name)) this.problems.push(`unknown field ${quote(this.#at(name))}`)
    }
  }

  #items(name: string): readonly JsonValue[] {
    const value = this.#get(name)
    if (value === undefined) return []
    return Array.isArray(value) ? value : this.#mismatch(name, 'a list')
  }

  /** Null is as good as absent. */
  #get(name: string): JsonValue | undefined {
    this.#known.add(name)
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined
    return value === null ? undefined : value
  }

  #at(name: string): string {
    return this.#path === '' ? name : name === '' ? this.#path : `${this.#path}.${name}`
  }

  #mismatch(name: string, expected: string): never {
    throw new Error(`${this.#at(name) || 'the configuration'} must be ${expected}`)
  }
}
