import { formatGroupVersion, isJsonObject, type KubeObject, StatusError } from '@fairlead/apimachinery'
import type { Client } from '@fairlead/client'
import type { ServedGroupVersion } from './create-extension-server.ts'
import { mergeBundles } from './merge-bundles.ts'

/** Where the main server finds this one. */
export type RegistrationTarget =
  /** On the same host: Fairlead's aggregator takes a URL on loopback. */
  | { readonly url: string }
  /** Behind a Service, on any cluster. */
  | { readonly service: { readonly name: string; readonly namespace: string; readonly port?: number } }

export interface RegistrationOptions {
  readonly client: Client
  readonly target: RegistrationTarget
  /** PEM of the authority that signs the serving certificate; undefined leaves it to the roots that everybody knows. */
  readonly authority: string | undefined
  readonly groupPriorityMinimum: number
  /** Preferred first: the first gets the highest version priority. */
  readonly groupVersions: readonly ServedGroupVersion[]
}

const urlAnnotation = 'aggregation.fairlead.dev/url'
const longRunningAnnotation = 'aggregation.fairlead.dev/long-running'

/**
 * Makes or updates the APIService of each group-version, so that it leads here and its caBundle has our authority. Behind a
 * Service the authorities of other replicas stay in it.
 */
export async function registerApiServices(options: RegistrationOptions): Promise<void> {
  const { groupVersions } = options
  for (const [index, groupVersion] of groupVersions.entries()) {
    await registerApiService(options, groupVersion, groupVersions.length - index + 14)
  }
}

async function registerApiService(
  { client, target, authority, groupPriorityMinimum }: RegistrationOptions,
  { group, version, longRunning }: ServedGroupVersion,
  versionPriority: number,
): Promise<void> {
  const apiServices = client.resource('apiregistration.k8s.io/v1', 'apiservices')
  const name = `${version}.${group}`
  const service = 'service' in target ? target.service : { name: group.split('.')[0] ?? group, namespace: 'default' }
  const spec = {
    group,
    version,
    groupPriorityMinimum,
    versionPriority,
    service,
    caBundle: authority === undefined ? null : Buffer.from(authority).toString('base64'),
  }
  const wanted: Readonly<Record<string, string | undefined>> = {
    [urlAnnotation]: 'url' in target ? target.url : undefined,
    [longRunningAnnotation]: longRunning.length === 0 ? undefined : longRunning.join(', '),
  }
  try {
    await apiServices.create({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name, annotations: present(wanted) },
      spec,
    })
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') {
      throw new Error(`cannot register ${formatGroupVersion({ group, version })}: ${(error as Error).message}`, {
        cause: error,
      })
    }
    const annotations = Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, value ?? null]))
    await withoutConflict(async () => {
      const present = await apiServices.get(name)
      const caBundle = 'service' in target ? withOthers(present, spec.caBundle, client) : spec.caBundle
      // Another replica may write at the same moment.
      const { resourceVersion } = present.metadata
      const patch = {
        metadata: { annotations, resourceVersion },
        spec: { ...spec, caBundle, insecureSkipTLSVerify: null },
      }
      await apiServices.patch(name, patch, { type: 'merge' })
    })
  }
}

function withOthers({ spec }: KubeObject, own: string | null, { times }: Client): string | null {
  const present = isJsonObject(spec) ? spec['caBundle'] : undefined
  if (own === null || typeof present !== 'string') return own
  const merged = mergeBundles(textOf(present), textOf(own), times.clock.now())
  return Buffer.from(merged).toString('base64')
}

function textOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

const attempts = 10

async function withoutConflict(write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await write()
      return
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'Conflict' || attempt === attempts) throw error
    }
  }
}

function present(annotations: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
