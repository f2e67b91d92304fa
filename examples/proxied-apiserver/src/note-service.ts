/** A note as the service has it. */
export interface ServiceNote {
  readonly id: string
  readonly text: string
}

/** The service: `GET /notes`, `GET /notes/ID`, `POST /notes`, `DELETE /notes/ID`. It knows nothing of Kubernetes. */
export interface NoteService {
  all(): Promise<readonly ServiceNote[]>
  find(id: string): Promise<ServiceNote | undefined>
  /** False when there is one with that id. */
  add(note: ServiceNote): Promise<boolean>
  remove(id: string): Promise<void>
}

/** Calls the service at `url`. */
export function noteService(url: string): NoteService {
  const call = async (method: string, path: string, expected: readonly number[], body?: ServiceNote) => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!response.ok && !expected.includes(response.status)) {
      throw new Error(`the note service answered ${response.status} to ${method} ${path}`)
    }
    return { status: response.status, text: await response.text() }
  }
  const pathOf = (id: string): string => `/notes/${encodeURIComponent(id)}`
  return {
    all: async () => JSON.parse((await call('GET', '/notes', [])).text) as ServiceNote[],
    async find(id) {
      const { status, text } = await call('GET', pathOf(id), [404])
      return status === 404 ? undefined : (JSON.parse(text) as ServiceNote)
    },
    add: async (note) => (await call('POST', '/notes', [409], note)).status !== 409,
    async remove(id) {
      await call('DELETE', pathOf(id), [404])
    },
  }
}
