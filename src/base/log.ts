import { pino } from 'pino';

/** Structured logger. `info` at most about once a second; nothing per packet or per request. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger for one part, its name in every line. */
  part(name: string): Log;
}

/** Opens the root logger, one JSON line each on standard error. */
export function openLog(level: string, fields: object = {}): Log {
  const wrap = (inner: ReturnType<typeof pino>): Log => ({
    debug: (f, m) => inner.debug(f, m),
    info: (f, m) => inner.info(f, m),
    warn: (f, m) => inner.warn(f, m),
    error: (f, m) => inner.error(f, m),
    part: (part) => wrap(inner.child({ part })),
  });
  return wrap(pino({ level, base: fields }, pino.destination({ dest: 2, sync: true })));
}

/** Drops everything: for tests and for parts opened without a logger. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  part: () => silentLog,
};
