import { listAt } from '../values/read.ts'
import { always, type DefaultsTable } from './lacking.ts'

const networking = 'io.k8s.api.networking.v1.'

/** Where traffic goes and may go. Services have their own rules. */
export const networkingDefaults: DefaultsTable = {
  'io.k8s.api.core.v1.EndpointPort': always({ protocol: 'TCP' }),
  'io.k8s.api.discovery.v1.EndpointPort': always({ name: '', protocol: 'TCP' }),
  [`${networking}IngressClassParametersReference`]: always({ scope: 'Cluster' }),
  [`${networking}NetworkPolicyPort`]: always({ protocol: 'TCP' }),
  [`${networking}NetworkPolicySpec`]: (spec) => {
    if (listAt(spec, 'policyTypes').length > 0) return undefined
    return { policyTypes: listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] }
  },
}
