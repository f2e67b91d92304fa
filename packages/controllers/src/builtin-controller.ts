import type { JsonObject, KubeObject } from '@fairlead/apimachinery'
import type { Runnable } from '@fairlead/controller-runtime'
import type { ClusterSigning } from './certificates/cluster-signing.ts'
import type { EndpointBatchPeriods } from './services/batch-periods.ts'

/**
 * What built-in controllers may need beside a client. What is absent is not to be had here, and a controller that cannot
 * do without it does not run.
 */
export interface ControllerEnvironment {
  /** Absent where nobody knows the key of the authority that clients trust. */
  readonly clusterSigning?: ClusterSigning
  readonly aggregateRules?: AggregateRules
  readonly endpointBatchPeriods?: EndpointBatchPeriods
  readonly rootCa?: RootCa
  readonly issueSecretToken?: SecretTokenIssuer
  /** Every ServiceAccount gets a Secret with a token, as up to Kubernetes 1.23. */
  readonly legacyServiceAccountTokens?: boolean
}

/** The rules of a ClusterRole that collects those of others, as the server has them; undefined for a role that does not. */
export type AggregateRules = (role: KubeObject, roles: Iterable<KubeObject>) => readonly JsonObject[] | undefined

/** Makes the token of a ServiceAccount that is to stand in a Secret. */
export type SecretTokenIssuer = (serviceAccount: KubeObject, secret: KubeObject) => Promise<string>

/** The certificates that clients trust this server by. They may change while it runs. */
export interface RootCa {
  /** PEM. */
  current(): string
  /** Calls `listener` after every change. Returns how to stop. */
  onChange(listener: () => void): () => void
}

/** A built-in controller: under which name it is switched on and off, how it is made, and whose rights it needs. */
export interface BuiltinController {
  /** Upstream's name. */
  readonly name: string
  /** Upstream's older names, which `--controllers` takes too. */
  readonly aliases: readonly string[]
  /** In kube-system. Without one it acts as the controller manager itself, `system:kube-controller-manager`. */
  readonly serviceAccount?: string
  /** Runs only when it is asked for by name: `*` does not mean it. */
  readonly onDemand?: true
  /** What it runs; undefined when the environment lacks what it needs. */
  create(environment: ControllerEnvironment): readonly Runnable[] | undefined
}
