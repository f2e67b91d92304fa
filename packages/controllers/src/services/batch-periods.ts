/** For how many milliseconds controllers of endpoints collect changes before they write; not at all unless told. */
export interface EndpointBatchPeriods {
  /** Changes of pods, for Endpoints. */
  readonly endpoints?: number
  /** Changes of pods, for EndpointSlices. */
  readonly endpointSlices?: number
  /** Changes of slices that mirror Endpoints. */
  readonly mirroring?: number
}
