/** Where a part of the program tells what happens. Never given a credential or an object's data. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** JSON lines on standard error. */
export async function createLogger(level: string): Promise<Logger> {
  const { pino } = await import('pino')
  return pino({ level, base: undefined }, pino.destination({ dest: 2, sync: true }))
}

/** Says nothing. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
