import { bootstrapSigner } from './bootstrap-tokens/bootstrap-signer.ts'
import { tokenCleaner } from './bootstrap-tokens/token-cleaner.ts'
import type { BuiltinController } from './builtin-controller.ts'
import { approvingController } from './certificates/approving-controller.ts'
import { cleanerController } from './certificates/cleaner-controller.ts'
import { signingController } from './certificates/signing-controller.ts'
import { clusterRoleAggregation } from './clusterrole-aggregation/clusterrole-aggregation-controller.ts'
import { endpointsController } from './endpoints/endpoints-controller.ts'
import { mirroringController } from './endpoint-slice-mirroring/mirroring-controller.ts'
import { endpointSliceController } from './endpoint-slices/endpoint-slice-controller.ts'
import { garbageCollector } from './garbage-collector/garbage-collector.ts'
import { namespaceController } from './namespace/namespace-controller.ts'
import { rootCaPublisher } from './root-ca/root-ca-publisher.ts'
import { legacyTokenCleaner } from './service-accounts/legacy-token-cleaner.ts'
import { referencedTokens } from './service-accounts/referenced-tokens.ts'
import { serviceAccountController } from './service-accounts/service-account-controller.ts'
import { tokenController } from './service-accounts/token-controller.ts'

/** The built-in controllers, in the order of their names. */
export const builtinControllers: readonly BuiltinController[] = [
  {
    name: 'bootstrap-signer-controller',
    aliases: ['bootstrapsigner'],
    serviceAccount: 'bootstrap-signer',
    onDemand: true,
    create: () => [bootstrapSigner()],
  },
  {
    name: 'certificatesigningrequest-approving-controller',
    aliases: ['csrapproving'],
    serviceAccount: 'certificate-controller',
    create: () => [approvingController()],
  },
  {
    name: 'certificatesigningrequest-cleaner-controller',
    aliases: ['csrcleaner'],
    serviceAccount: 'certificate-controller',
    create: () => [cleanerController()],
  },
  {
    name: 'certificatesigningrequest-signing-controller',
    aliases: ['csrsigning'],
    serviceAccount: 'certificate-controller',
    create: ({ clusterSigning }) => (clusterSigning === undefined ? undefined : [signingController(clusterSigning)]),
  },
  {
    name: 'clusterrole-aggregation-controller',
    aliases: ['clusterrole-aggregation'],
    serviceAccount: 'clusterrole-aggregation-controller',
    create: ({ aggregateRules }) => aggregateRules && [clusterRoleAggregation(aggregateRules)],
  },
  {
    name: 'endpoints-controller',
    aliases: ['endpoint'],
    serviceAccount: 'endpoint-controller',
    create: ({ endpointBatchPeriods }) => [endpointsController(endpointBatchPeriods?.endpoints)],
  },
  {
    name: 'endpointslice-controller',
    aliases: ['endpointslice'],
    serviceAccount: 'endpointslice-controller',
    create: ({ endpointBatchPeriods }) => [endpointSliceController(endpointBatchPeriods?.endpointSlices)],
  },
  {
    name: 'endpointslice-mirroring-controller',
    aliases: ['endpointslicemirroring'],
    serviceAccount: 'endpointslicemirroring-controller',
    create: ({ endpointBatchPeriods }) => [mirroringController(endpointBatchPeriods?.mirroring)],
  },
  {
    name: 'garbage-collector-controller',
    aliases: ['garbagecollector'],
    serviceAccount: 'generic-garbage-collector',
    create: () => [garbageCollector()],
  },
  {
    name: 'legacy-serviceaccount-token-cleaner-controller',
    aliases: ['legacy-service-account-token-cleaner'],
    serviceAccount: 'legacy-service-account-token-cleaner',
    create: () => [legacyTokenCleaner()],
  },
  {
    name: 'namespace-controller',
    aliases: ['namespace'],
    serviceAccount: 'namespace-controller',
    create: () => [namespaceController()],
  },
  {
    name: 'root-ca-certificate-publisher-controller',
    aliases: ['root-ca-cert-publisher'],
    serviceAccount: 'root-ca-cert-publisher',
    create: ({ rootCa }) => rootCa && [rootCaPublisher(rootCa)],
  },
  {
    name: 'serviceaccount-controller',
    aliases: ['serviceaccount'],
    serviceAccount: 'service-account-controller',
    create: () => [serviceAccountController()],
  },
  {
    name: 'serviceaccount-token-controller',
    aliases: ['serviceaccount-token'],
    create({ rootCa, issueSecretToken, legacyServiceAccountTokens }) {
      if (issueSecretToken === undefined) return undefined
      const content = { issueSecretToken, ...(rootCa !== undefined && { rootCa }) }
      return [tokenController(content), ...(legacyServiceAccountTokens === true ? [referencedTokens(content)] : [])]
    },
  },
  {
    name: 'token-cleaner-controller',
    aliases: ['tokencleaner'],
    serviceAccount: 'token-cleaner',
    onDemand: true,
    create: () => [tokenCleaner()],
  },
]
