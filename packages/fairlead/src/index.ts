export { type AuthenticationSettings, defaultAuthenticationSettings } from './control-plane/authentication-settings.ts'
export { type ControlPlaneOptions, defaultControlPlaneOptions } from './control-plane/options.ts'
export { type ControlPlane, type ControlPlaneHooks, startControlPlane } from './control-plane/start-control-plane.ts'
export { createLogger, type Logger, silentLogger } from './logging/logger.ts'
