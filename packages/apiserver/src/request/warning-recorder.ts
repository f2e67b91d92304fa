/** Collects the Warning headers of one response. Repeated texts are kept once. */
export interface WarningRecorder {
  add(text: string): void
  readonly texts: readonly string[]
}
