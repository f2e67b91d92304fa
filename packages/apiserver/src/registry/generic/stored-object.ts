import { parseJson } from '@fairlead/apimachinery'
import type { KubeObject } from '@fairlead/apimachinery'
import type { StoredObject } from '../rest/stored-object.ts'
import type { StoredForm } from './stored-form.ts'

/** A stored object that knows its place. */
export interface KeptObject extends StoredObject {
  readonly key: string
  readonly name: string
  /** Empty for cluster scope. */
  readonly namespace: string
  /** `metadata.name` and `metadata.namespace`, known without parsing. */
  readonly nameFields: Readonly<Record<string, string>>
  /** The same content at another revision: what a deletion leaves, at the revision of the deletion. */
  atRevision(revision: number): KeptObject
}

/**
 * The object that storage keeps as `value`. A revision of 0 means that it was never stored: then it has no
 * resourceVersion. `value` must not change afterwards.
 */
export function createKeptObject(
  form: StoredForm,
  record: { readonly key: string; readonly value: Uint8Array; readonly revision: number },
): KeptObject {
  return new Kept(form, record.key, record.revision, record.value)
}

class Kept implements KeptObject {
  readonly key: string
  readonly revision: number
  readonly #form: StoredForm
  /** Without the resourceVersion until `bytes` is asked for, with it from then on. */
  #content: Uint8Array
  #spliced = false
  /** Weak: a parsed object takes many times the memory of its bytes, and is mostly needed by one request. */
  #parsed: WeakRef<KubeObject> | undefined
  #labels: Readonly<Record<string, string>> | undefined
  #fields: Readonly<Record<string, string>> | undefined

  constructor(form: StoredForm, key: string, revision: number, value: Uint8Array) {
    this.#form = form
    this.key = key
    this.revision = revision
    this.#content = value
  }

  get bytes(): Uint8Array {
    if (!this.#spliced && this.revision !== 0) {
      this.#content = spliceRevision(this.#content, this.#form.metadataOffset, this.revision)
    }
    this.#spliced = true
    return this.#content
  }

  get name(): string {
    return this.key.slice(this.key.lastIndexOf('/') + 1)
  }

  get namespace(): string {
    return this.#form.namespaced ? this.key.slice(this.#form.root.length, this.key.lastIndexOf('/')) : ''
  }

  get nameFields(): Readonly<Record<string, string>> {
    return { 'metadata.name': this.name, 'metadata.namespace': this.namespace }
  }

  object(): KubeObject {
    const known = this.#parsed?.deref()
    if (known !== undefined) return known
    const parsed = parseJson(this.bytes) as KubeObject
    this.#parsed = new WeakRef(parsed)
    return parsed
  }

  get labels(): Readonly<Record<string, string>> {
    this.#labels ??= this.object().metadata.labels ?? noLabels
    return this.#labels
  }

  get fields(): Readonly<Record<string, string>> {
    this.#fields ??= { ...this.#form.selectableFields(this.object()), ...this.nameFields }
    return this.#fields
  }

  atRevision(revision: number): KeptObject {
    return new Kept(this.#form, this.key, revision, this.#value())
  }

  #value(): Uint8Array {
    if (!this.#spliced || this.revision === 0) return this.#content
    return removeRevision(this.#content, this.#form.metadataOffset, this.revision)
  }
}

const noLabels: Readonly<Record<string, string>> = {}
const closingBrace = 0x7d

function spliceRevision(value: Uint8Array, offset: number, revision: number): Uint8Array {
  const text = `"resourceVersion":"${revision}"${value[offset] === closingBrace ? '' : ','}`
  const spliced = Buffer.allocUnsafe(value.byteLength + text.length)
  spliced.set(value.subarray(0, offset), 0)
  spliced.write(text, offset, 'latin1')
  spliced.set(value.subarray(offset), offset + text.length)
  return spliced
}

function removeRevision(bytes: Uint8Array, offset: number, revision: number): Uint8Array {
  const end = offset + `"resourceVersion":"${revision}"`.length
  return Buffer.concat([bytes.subarray(0, offset), bytes.subarray(bytes[end] === closingBrace ? end : end + 1)])
}
