import type { BackendRequest } from './backend.ts'

/** A request as it goes over the wire: its headers tell who it is for. */
export interface WireRequest extends Omit<BackendRequest, 'user'> {
  /** `host:port` of the server. */
  readonly authority: string
}

/** The same before it is known where it goes. */
export type UnaddressedRequest = Omit<WireRequest, 'authority'>
