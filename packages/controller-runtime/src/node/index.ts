export { endpointServer, type EndpointServerOptions } from './endpoint-server.ts'
