import { routeMethodNotAllowed } from '@fairlead/apimachinery'
import type { Handler } from '../request/request-context.ts'
import { prettyJsonResponse } from '../request/responses.ts'

/** What a server says it is. */
export interface VersionInfo {
  readonly major: string
  readonly minor: string
  readonly emulationMajor: string
  readonly emulationMinor: string
  readonly minCompatibilityMajor: string
  readonly minCompatibilityMinor: string
  readonly gitVersion: string
  readonly gitCommit: string
  readonly gitTreeState: string
  readonly buildDate: string
  readonly goVersion: string
  readonly compiler: string
  readonly platform: string
}

/** The Kubernetes release that is emulated. Clients decide by it what they may ask for. */
export const emulatedVersion: VersionInfo = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: 'fairlead',
  gitTreeState: 'clean',
  buildDate: '2026-06-09T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
}

/** Answers `/version`. */
export function versionEndpoint(version: VersionInfo): Handler {
  const response = prettyJsonResponse({ ...version })
  return ({ request }) => {
    if (request.method !== 'GET') throw routeMethodNotAllowed()
    return response
  }
}
