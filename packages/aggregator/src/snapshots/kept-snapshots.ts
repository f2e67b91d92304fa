import type { JsonObject } from '@fairlead/apimachinery'

/** What servers said, by the name of their APIService, kept over a restart of this one. */
export interface KeptSnapshots {
  /** What was kept when this process started. */
  readonly restored: ReadonlyMap<string, JsonObject>
  /** Takes note, and returns before it is written. */
  put(name: string, snapshot: JsonObject): void
  delete(name: string): void
}
