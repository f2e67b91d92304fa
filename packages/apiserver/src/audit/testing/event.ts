import type { AuditedRequest, AuditEvent } from '../event.ts'

/** An event with some of its members; the others are plain. */
export function testEvent(
  some: Partial<Omit<AuditEvent, 'request'>> & { readonly request?: Partial<AuditedRequest> } = {},
): AuditEvent {
  return {
    stage: 'ResponseComplete',
    at: 1_700_000_000_000,
    object: undefined,
    impersonatedUser: undefined,
    impersonationConstraint: '',
    status: { code: 200 },
    requestObject: undefined,
    responseObject: undefined,
    annotations: new Map(),
    ...some,
    request: {
      level: 'Metadata',
      auditId: 'id',
      requestUri: '/',
      verb: 'get',
      user: { name: 'jane', groups: [] },
      sourceIps: ['127.0.0.1'],
      userAgent: '',
      receivedAt: 1_700_000_000_000,
      ...some.request,
    },
  }
}
