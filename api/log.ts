import pino from 'pino';

/** What we need of a logger. Named fields first, one fixed sentence after them; never an options object, never a body. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Writes to the standard output, unless it is given another place. */
export function createLog(
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent',
  destination?: pino.DestinationStream,
): Log {
  const options = {
    level,
    base: null,
    redact: { paths: ['authorization', 'cookie', 'token', 'password', '*.authorization', '*.cookie', '*.password'] },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
