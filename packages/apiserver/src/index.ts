export { createCertificateApproval } from './admission/certificates/certificate-approval.ts'
export { createCertificateSigning } from './admission/certificates/certificate-signing.ts'
export { createCertificateSubjectRestriction } from './admission/certificates/certificate-subject-restriction.ts'
export type { AdmissionAttributes } from './admission/admission.ts'
export { type AdmissionPlugin, createAdmissionChain } from './admission/chain.ts'
export { createNamespaceLifecycle } from './admission/namespace-lifecycle.ts'
export {
  type AuditBackend,
  forgivingBackend,
  type ReportLoss,
  unionBackend,
} from './audit/audit-backend.ts'
export { type BatchOptions, batchingBackend } from './audit/batching-backend.ts'
export { type AuditLogFormat, createLogBackend } from './audit/log-backend.ts'
export type { AuditOptions } from './audit/open-audit.ts'
export { parseAuditPolicy } from './audit/parse-policy.ts'
export type { AuditPolicy } from './audit/policy.ts'
export { type LineFile, openRotatingFile } from './audit/rotating-file.ts'
export { type TruncationLimits, truncatingBackend } from './audit/truncating-backend.ts'
export { createWebhookBackend } from './audit/webhook-backend.ts'
export type { AnonymousOptions } from './authentication/anonymous.ts'
export { anonymousProbes } from './authentication/anonymous.ts'
export { withServerAudiences } from './authentication/audiences.ts'
export type { AuthenticatedRequest, RequestAuthenticator, TokenAuthenticator } from './authentication/authenticator.ts'
export { type AuthenticatorParts, buildAuthenticator } from './authentication/build-authenticator.ts'
export { authenticateBasicAuthFile } from './authentication/basic-auth-file.ts'
export { authenticateBootstrapToken } from './authentication/bootstrap-token.ts'
export { type CertificateAuthorities, parseCertificateAuthorities } from './authentication/certificate-authorities.ts'
export {
  authenticateFrontProxy,
  type FrontProxyHeaders,
  standardFrontProxyHeaders,
} from './authentication/front-proxy.ts'
export type { AuthenticationConfiguration, JwtIssuer } from './authentication/jwt/authentication-configuration.ts'
export {
  createJwtAuthentication,
  type JwtAuthentication,
  jwtAlgorithms,
} from './authentication/jwt/authenticate-jwt.ts'
export { parseAuthenticationConfiguration } from './authentication/jwt/parse-configuration.ts'
export { validateAuthenticationConfiguration } from './authentication/jwt/validate-configuration.ts'
export { authenticateServiceAccountToken } from './authentication/service-account/authenticate-tokens.ts'
export type { FindBoundObject } from './authentication/service-account/bound-objects.ts'
export { issuerDiscoveryProblem, issuerDiscoveryRoutes } from './authentication/service-account/issuer-discovery.ts'
export { lastUsedLabel } from './authentication/service-account/legacy-token.ts'
export { createTokenSigner } from './authentication/service-account/sign-token.ts'
export { secretTokenClaims } from './authentication/service-account/token-claims.ts'
export {
  parseSigningKey,
  parseVerificationKeys,
  type TokenKey,
  verificationKey,
} from './authentication/service-account/token-keys.ts'
export { createTokenRequestAction } from './authentication/service-account/token-request.ts'
export { rememberTokens } from './authentication/token-cache.ts'
export { authenticateTokenFile } from './authentication/token-file.ts'
export { unionRequestAuthenticator, unionTokenAuthenticator } from './authentication/union.ts'
export { authenticateWebhookToken } from './authentication/webhook-token.ts'
export type { UserInfo } from './authentication/user-info.ts'
export {
  authenticatedGroup,
  mastersGroup,
  unauthenticatedGroup,
  unsecuredUser,
} from './authentication/well-known-users.ts'
export type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from './authorization/authorizer.ts'
export { abacAuthorizer, abacRules } from './authorization/abac/abac-authorizer.ts'
export { parseAbacPolicies } from './authorization/abac/abac-policy.ts'
export { allowMasters, alwaysAllow, alwaysDeny, unionAuthorizer } from './authorization/authorizers.ts'
export { forbiddenRequest } from './authorization/forbidden.ts'
export { followNodeObjects } from './authorization/node/follow-node-objects.ts'
export { nodeAuthorizer, nodeRuleResolver } from './authorization/node/node-authorizer.ts'
export { aggregateRules } from './authorization/rbac/aggregate-rules.ts'
export { bootstrapPolicy, nodeRules } from './authorization/rbac/bootstrap/bootstrap-policy.ts'
export { reconcile as reconcilePolicyObject } from './authorization/rbac/bootstrap/reconcile.ts'
export { escalationChecks } from './authorization/rbac/escalation-check.ts'
export { followPolicy } from './authorization/rbac/policy-source.ts'
export { rbacAuthorizer } from './authorization/rbac/rbac-authorizer.ts'
export { rbacRules } from './authorization/rbac/rbac-rules.ts'
export {
  type AuthorizationConfiguration,
  type AuthorizerConfiguration,
  authorizerName,
  authorizerTypes,
} from './authorization/configuration/authorization-configuration.ts'
export { parseAuthorizationConfiguration } from './authorization/configuration/parse-configuration.ts'
export { validateAuthorizationConfiguration } from './authorization/configuration/validate-configuration.ts'
export { createReviewActions, type ReviewOptions } from './authorization/reviews/create-review-actions.ts'
export {
  everythingAllowed,
  nothingAllowed,
  type RuleResolver,
  unionRuleResolver,
  type UserRules,
} from './authorization/rule-resolver.ts'
export { webhookAuthorizer, webhookRuleResolver } from './authorization/webhook/webhook-authorizer.ts'
export { describeCertificateRequests } from './certificates/describe-certificate-requests.ts'
export { createAuthority, type IssueOptions, issueCertificate } from './certificates/issue-certificate.ts'
export type { KeyPair } from './certificates/issuer.ts'
export {
  type CertificateTerms,
  createSigningAuthority,
  type SigningAuthority,
} from './certificates/signing-authority.ts'
export { composeHandlers, type PartialHandler } from './endpoints/compose-handlers.ts'
export { type DiscoveryGroup, type DiscoveryVersion, discoveryGroups } from './endpoints/discovery/discovery-groups.ts'
export { createDiscoveryHandler } from './endpoints/discovery/discovery-handler.ts'
export { conditionCheck, type HealthCheck } from './endpoints/health-checks.ts'
export type { OtherDocuments } from './endpoints/openapi/document-cache.ts'
export { createOpenApiHandler } from './endpoints/openapi/openapi-handler.ts'
export { documentedTokenIssuer, documentedVersion } from './endpoints/openapi/server-endpoints.ts'
export { createResourceHandler } from './endpoints/resource-router.ts'
export type { ServedResource } from './endpoints/served-resource.ts'
export { emulatedVersion, type VersionInfo } from './endpoints/version.ts'
export type { InFlightLimits } from './filters/max-in-flight.ts'
export type { ServerLog } from './filters/panic-recovery.ts'
export { HistogramFamily } from './metrics/histogram-family.ts'
export type { MetricFamily } from './metrics/metric-family.ts'
export type { MetricSet } from './metrics/metric-set.ts'
export { NumberFamily } from './metrics/number-family.ts'
export type { RequestMetrics, WatchEventMetrics } from './metrics/request-metrics.ts'
export { createErrorRenderer } from './negotiation/render-error.ts'
export type { ResourceStore } from './registry/generic/resource-store.ts'
export type { FieldManagement, FieldManagementChange } from './registry/generic/store-parts.ts'
export {
  type ComponentHealth,
  type ComponentProbe,
  createComponentStatuses,
} from './registry/observed/component-statuses.ts'
export { createRegistry, type Registry, type RegistryOptions } from './registry/registry.ts'
export { type AddressRange, parseAddressRange } from './registry/services/address-range.ts'
export type { PortRange } from './registry/services/assign-node-ports.ts'
export type { ServiceRanges } from './registry/services/service-companions.ts'
export type {
  Action,
  ListRequest,
  ObjectKey,
  RestResource,
  StoredEvent,
  WatchEvent,
  WatchRequest,
} from './registry/rest/capabilities.ts'
export type { StoredObject } from './registry/rest/stored-object.ts'
export { createStoredForm, storedBytes } from './registry/generic/stored-form.ts'
export { createKeptObject } from './registry/generic/stored-object.ts'
export type { WriteChecks } from './registry/rest/write-check.ts'
export type { ApiRequest, PeerCertificate, RequestBody, RequestHeaders } from './request/api-request.ts'
export type { ApiResponse, ByteSink, ResponseHeaders, ResponseWriter } from './request/api-response.ts'
export { changeRequest } from './request/change-request.ts'
export { changeContext } from './request/create-context.ts'
export { isLongRunning } from './request/long-running.ts'
export type { Filter, Handler, RequestContext } from './request/request-context.ts'
export { headerValues } from './request/request-headers.ts'
export type { RequestInfo } from './request/request-info.ts'
export { requestUri } from './request/request-target.ts'
export { pageNotFound, statusResponse, textErrorResponse, textResponse } from './request/responses.ts'
export type { WarningRecorder } from './request/warning-recorder.ts'
export { type ApiServer, type ApiServerOptions, createApiServer } from './server/create-api-server.ts'
export { buildHandlerChain, type HandlerChainOptions } from './server/handler-chain.ts'
export type { ShutdownOptions } from './server/shutdown.ts'
export {
  createInProcessTransport,
  type InProcessCall,
  type InProcessResponse,
  type InProcessTransport,
} from './serving/in-process.ts'
export { selectCiphers } from './serving/cipher-suites.ts'
export type { ServingLimits } from './serving/limits.ts'
export { type Listener, listen, type ListenOptions } from './serving/listener.ts'
export { isLoopbackHost } from './serving/loopback-guard.ts'
export type { NamedCertificate, TlsSettings } from './serving/tls-settings.ts'
export { parseTlsVersion } from './serving/tls-version.ts'
export { serveWebSocket, type WebSocketService } from './serving/serve-websocket.ts'
export { isWebSocketRequest } from './serving/websocket.ts'
export type { WebSocketConnection, WebSocketMessage } from './serving/websocket-connection.ts'
export { createWebhookClient, type WebhookClient, WebhookError } from './webhook/webhook-client.ts'
export { readWebhookTarget, type WebhookTarget } from './webhook/webhook-target.ts'
