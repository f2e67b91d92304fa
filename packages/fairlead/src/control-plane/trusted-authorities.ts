import { type CertificateAuthorities, parseCertificateAuthorities } from '@fairlead/apiserver'

/** The authorities that sign client certificates, each trusted for its own purpose. They may change while the server runs. */
export class TrustedAuthorities {
  #client: CertificateAuthorities
  #frontProxy: CertificateAuthorities
  readonly #listeners = new Set<() => void>()

  /** PEM bundles. Throws for one without certificates. */
  constructor(client: string, frontProxy: string) {
    this.#client = parseCertificateAuthorities(client)
    this.#frontProxy = parseCertificateAuthorities(frontProxy)
  }

  /** Sign the certificates of users. */
  get client(): CertificateAuthorities {
    return this.#client
  }

  /** Sign the certificates of front proxies. */
  get frontProxy(): CertificateAuthorities {
    return this.#frontProxy
  }

  /** What a listener must accept in handshakes. */
  get all(): string {
    return `${this.#client.pem}\n${this.#frontProxy.pem}`
  }

  /** Puts other bundles in place. Requests on open connections are checked against them too. */
  replace(bundles: { readonly client?: string; readonly frontProxy?: string }): void {
    const client = bundles.client === undefined ? this.#client : parseCertificateAuthorities(bundles.client)
    const frontProxy =
      bundles.frontProxy === undefined ? this.#frontProxy : parseCertificateAuthorities(bundles.frontProxy)
    this.#client = client
    this.#frontProxy = frontProxy
    for (const listener of this.#listeners) listener()
  }

  /** Calls `listener` after every change. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
