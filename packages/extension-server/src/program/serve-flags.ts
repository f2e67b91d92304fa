import type { AuthenticationOptions, AuthorizationOptions } from '../server/delegation-options.ts'
import type { ServeOptions } from '../server/serve.ts'
import type { StorageChoice } from '../storage/open-storage.ts'
import type { Flags, FlagValues } from './read-flags.ts'

const headerNames = 'NAME,...'

/** The flags of a program that serves kinds. Those that extension servers in Go have too keep their names and meaning (DAN-7). */
export const serveFlags: Flags = {
  kubeconfig: {
    value: 'FILE',
    description: 'Of the main server; $KUBECONFIG, the service account of the pod or ~/.kube/config unless told.',
  },
  storage: { value: 'memory|lmdb:FOLDER', description: 'Where objects are kept.', default: 'memory' },
  service: {
    value: 'NAMESPACE/NAME',
    description: 'The Service in front, for a server in a cluster. Without it the APIServices lead to this host.',
  },
  register: { description: 'Make APIServices that lead here.', default: 'true' },
  'bind-address': { value: 'ADDRESS', description: 'Loopback without --service, every address with it unless told.' },
  'secure-port': { value: 'PORT', description: 'Any free one without --service, 443 with it unless told.' },
  'tls-cert-file': {
    value: 'FILE',
    description: 'Certificate to serve with; made and renewed by the server unless given.',
  },
  'tls-private-key-file': { value: 'FILE', description: 'Key of that certificate.' },
  'tls-ca-file': { value: 'FILE', description: 'Who signed that certificate, for the caBundle of the APIServices.' },
  'request-timeout': {
    value: 'DURATION',
    description: 'When a request is given up that may not take as long as it likes.',
    default: '1m0s',
  },
  'shutdown-delay-duration': {
    value: 'DURATION',
    description: 'How long to go on serving after /readyz has turned.',
    default: '0s',
  },
  'authentication-kubeconfig': {
    value: 'FILE',
    description: 'Of the main server that says whom to trust and who tokens belong to; --kubeconfig unless told.',
  },
  'authentication-skip-lookup': {
    description: 'Do not read whom the main server trusts; only --client-ca-file and --requestheader-* count.',
  },
  'authentication-tolerate-lookup-failure': { description: 'Start also when that cannot be read.' },
  'authentication-token-webhook-cache-ttl': {
    value: 'DURATION',
    description: 'How long it is remembered who a token belongs to.',
    default: '10s',
  },
  'client-ca-file': { value: 'FILE', description: 'Who signs the certificates of users.' },
  'requestheader-client-ca-file': { value: 'FILE', description: 'Who signs the certificates of front proxies.' },
  'requestheader-allowed-names': { value: headerNames, description: 'Common names of front proxies; any unless told.' },
  'requestheader-username-headers': {
    value: headerNames,
    description: 'Headers with the name of the user.',
    default: 'x-remote-user',
  },
  'requestheader-uid-headers': { value: headerNames, description: 'Headers with the UID of the user.' },
  'requestheader-group-headers': {
    value: headerNames,
    description: 'Headers with groups of the user.',
    default: 'x-remote-group',
  },
  'requestheader-extra-headers-prefix': {
    value: 'PREFIX,...',
    description: 'What headers with more of the user begin with.',
    default: 'x-remote-extra-',
  },
  'authorization-kubeconfig': {
    value: 'FILE',
    description: 'Of the main server that says who may do what; --kubeconfig unless told.',
  },
  'authorization-webhook-cache-authorized-ttl': {
    value: 'DURATION',
    description: 'How long it is remembered that somebody may do something.',
    default: '10s',
  },
  'authorization-webhook-cache-unauthorized-ttl': {
    value: 'DURATION',
    description: 'How long it is remembered that somebody may not.',
    default: '10s',
  },
  'authorization-trust-front-proxy': {
    description: 'Do not ask again about requests for resources that the main server has let through.',
  },
  'authorization-always-allow-paths': {
    value: 'PATH,...',
    description: 'Paths for everybody; one that ends with * stands for all that begin so.',
    default: '/healthz,/readyz,/livez',
  },
}

/** What flags say of how kinds are served. Throws for values that cannot be. */
export function serveOptions(flags: FlagValues): Omit<ServeOptions, 'kinds'> {
  const { text } = flags
  const certificateFiles = certificateFilesOf(flags)
  return present({
    kubeconfig: text('kubeconfig'),
    storage: text('storage') as StorageChoice | undefined,
    service: serviceOf(text('service')),
    register: flags.boolean('register'),
    bindAddress: text('bind-address'),
    port: flags.integer('secure-port', { minimum: 0, maximum: 65_535 }),
    requestTimeout: flags.duration('request-timeout'),
    shutdownDelay: flags.duration('shutdown-delay-duration'),
    authentication: authenticationOf(flags),
    authorization: present<AuthorizationOptions>({
      kubeconfig: text('authorization-kubeconfig'),
      authorizedTtl: flags.duration('authorization-webhook-cache-authorized-ttl'),
      unauthorizedTtl: flags.duration('authorization-webhook-cache-unauthorized-ttl'),
      alwaysAllowPaths: flags.list('authorization-always-allow-paths'),
      trustFrontProxy: flags.boolean('authorization-trust-front-proxy'),
    }),
    certificateFiles,
  })
}

function serviceOf(text: string | undefined): ServeOptions['service'] {
  if (text === undefined) return undefined
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(text) ?? []
  if (namespace === undefined || name === undefined) throw new Error(`--service "${text}": expected NAMESPACE/NAME`)
  return { namespace, name }
}

function certificateFilesOf({ text }: FlagValues): ServeOptions['certificateFiles'] {
  const [certificate, key, authority] = [text('tls-cert-file'), text('tls-private-key-file'), text('tls-ca-file')]
  if (certificate === undefined && key === undefined && authority === undefined) return undefined
  if (certificate === undefined || key === undefined) {
    throw new Error('--tls-cert-file and --tls-private-key-file go together')
  }
  return { certificate, key, ...(authority === undefined ? {} : { authority }) }
}

function authenticationOf(flags: FlagValues): AuthenticationOptions {
  const { text, list } = flags
  const skip = flags.boolean('authentication-skip-lookup') === true
  const tolerate = flags.boolean('authentication-tolerate-lookup-failure') === true
  const clientCaFile = text('requestheader-client-ca-file')
  const headers = {
    allowedNames: list('requestheader-allowed-names'),
    usernameHeaders: list('requestheader-username-headers'),
    uidHeaders: list('requestheader-uid-headers'),
    groupHeaders: list('requestheader-group-headers'),
    extraHeadersPrefix: list('requestheader-extra-headers-prefix'),
  }
  return present<AuthenticationOptions>({
    kubeconfig: text('authentication-kubeconfig'),
    lookup: skip ? 'skipped' : tolerate ? 'tolerated' : 'required',
    clientCaFile: text('client-ca-file'),
    requestHeader: clientCaFile === undefined ? undefined : present({ clientCaFile, ...headers }),
    tokenTtl: flags.duration('authentication-token-webhook-cache-ttl'),
  })
}

type Present<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> }

/** Without the members that are undefined. */
function present<Value extends object>(value: { [Key in keyof Value]: Value[Key] | undefined }): Present<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<Value>
}
